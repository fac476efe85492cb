import { badge, h } from "./elements.js";
import { report } from "./data.js";
import { currentLanguage, number, said, t } from "./language.js";
import { markdown } from "./markdown.js";
import { splitBadge, unitLink } from "./side-by-side.js";
import { childrenOf, clusterOf, findingsOf, folderOf, idOf, jobOf, levels, pathOf, place, reviews, severities, skillName, titleOf } from "./units.js";

export function levelBadge(unit) {
  const level = levels[report.units.level[unit]];
  return badge(t(`level.${level}`), `level-${level}`);
}

export function reviewBadge(unit) {
  const review = reviews[report.units.review[unit]];
  return badge(t(`review.${review}`), `review-${review}`);
}

export function severityMark(severity) {
  const name = severities[severity];
  return h("span", { class: `severity ${name}`, role: "img", "aria-label": t(`severity.${name}`), title: t(`severity.${name}`) }, { error: "●", warning: "▲", info: "◆" }[name]);
}

export function messageOf(finding) {
  return currentLanguage() === "zh" ? finding.zh : finding.en;
}

/** A finding in a line or two, with its place. */
function findingLine(index) {
  const finding = report.findings[index];
  return h("li", { class: "finding" }, severityMark(finding.severity), h("a", { href: `#/findings?finding=${index}` }, report.rules[finding.rule].code), " ", messageOf(finding));
}

function section(title, ...content) {
  return h("section", null, h("h2", { class: "label" }, title), content);
}

function links(title, units) {
  return units.length === 0 ? null : section(title, h("ul", { class: "plain-list" }, units.map((unit) => h("li", null, unitLink(unit, titleOf(unit)), " ", h("code", { class: "soft" }, idOf(unit))))));
}

/** A question with its answer, as a reader wants them, and all that is known of it. */
export function unitPane(unit) {
  const [text, folder, cluster] = [report.texts[unit], folderOf(unit), clusterOf(unit)];
  const findings = findingsOf(unit);
  return h("article", { class: "unit", lang: report.units.isChinese[unit] ? "zh-CN" : "en" },
    h("header", null,
      h("p", { class: "crumbs" }, h("a", { href: `#/questions?job=${jobOf(unit)}` }, report.jobs[jobOf(unit)]), " › ", h("a", { href: `#/questions?skill=${report.units.skill[unit]}` }, skillName(unit))),
      h("p", { class: "badges" }, levelBadge(unit), splitBadge(unit), reviewBadge(unit), (text?.tags ?? []).map((tag) => badge(tag, "tag"))),
      h("p", { class: "soft" }, place(pathOf(unit), report.units.line[unit], 1))),
    text === undefined ? h("p", { class: "nothing" }, t("loading")) : [
      text.system ? section(t("systemPrompt"), markdown(text.system, folder)) : null,
      text.context ? section(t("context"), h("blockquote", { class: "plain" }, text.context)) : null,
      section(t("question"), markdown(text.question, folder)),
      section(t("answer"), markdown(text.answer, folder)),
      text.paraphrases ? section(t("paraphrases"), h("ul", null, text.paraphrases.map((one) => h("li", null, markdown(one, folder))))) : null,
    ],
    links(t("followsUp"), report.units.parents[unit]),
    links(t("followedUpBy"), childrenOf(unit)),
    findings.length > 0 ? section(t("findings"), h("ul", { class: "plain-list" }, findings.map(findingLine))) : null,
    cluster === undefined ? null : section(t("duplicates"), h("p", null, h("a", { href: `#/duplicates?cluster=${cluster}` }, t("inCluster", report.clusters[cluster].units.length)))),
    text?.proofreading ? section(t("proofreading"), h("p", { class: "plain" }, text.proofreading)) : null,
    h("p", { class: "soft small" }, t("lengths.of", number(report.units.question[unit]), number(report.units.answer[unit]))));
}

/** What a rule is about, for the pane of one of its findings. */
export function ruleHelp(rule) {
  return h("section", { class: "help-text" }, h("h3", null, `${rule.code} · ${said(rule.title)}`), markdown(said(rule.help)));
}
