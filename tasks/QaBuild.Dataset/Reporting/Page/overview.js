import { h, table } from "./elements.js";
import { report } from "./data.js";
import { number, percent, said, t } from "./language.js";
import { count, jobOf, levels, reviews, rowSplits, severities } from "./units.js";
import { severityMark } from "./unit-pane.js";
import { lengthBars } from "./lengths.js";
import { heatMap } from "./coverage.js";

/** A bar whose parts are shares: `{ label, value, colour }`. */
export function shareBar(parts) {
  const whole = parts.reduce((sum, part) => sum + part.value, 0);
  return h("div", { class: "share" },
    h("div", { class: "share-bar", "aria-hidden": "true" }, parts.filter((part) => part.value > 0).map((part) => h("span", { style: { flex: `${part.value} 0 0`, background: `var(--${part.colour})` } }))),
    h("ul", { class: "share-legend" }, parts.map((part) => h("li", null,
      h("span", { class: "swatch", "aria-hidden": "true", style: { background: `var(--${part.colour})` } }), part.label, " ", h("strong", null, number(part.value)), h("span", { class: "soft" }, ` ${percent(part.value, whole)}`)))));
}

export function tally(column, values) {
  const counts = new Array(values).fill(0);
  for (const value of column) {
    counts[value]++;
  }
  return counts;
}

function bySeverity() {
  return severities.map((_, severity) => report.counts.filter((one) => one.severity === severity).reduce((sum, one) => sum + one.findings, 0));
}

export function byTopic(topic) {
  return report.counts.reduce((sum, one) => sum + (report.rules[one.rule].topic === topic ? one.findings : 0), 0);
}

function card(href, title, value, note) {
  return h("a", { class: "card", href }, h("span", { class: "card-title" }, title), h("span", { class: "card-value" }, value), h("span", { class: "card-note" }, note));
}

function panel(title, href, ...content) {
  return h("section", { class: "panel" }, h("header", null, h("h2", null, title), href ? h("a", { href }, t("more")) : null), content);
}

function sum(values) {
  return values.reduce((all, value) => all + value, 0);
}

function worst() {
  const shown = report.counts.slice(0, 8);
  return shown.length === 0 ? h("p", { class: "nothing" }, t("noFindings"))
    : h("ul", { class: "rule-list" }, shown.map((one) => h("li", null, severityMark(one.severity),
      h("a", { href: `#/findings?rule=${one.rule}` }, report.rules[one.rule].code), h("span", { class: "grow" }, said(report.rules[one.rule].title)), h("strong", null, number(one.findings)))));
}

function jobsByLevel() {
  const cells = report.jobs.map(() => levels.map(() => 0));
  report.units.level.forEach((level, unit) => cells[jobOf(unit)][level]++);
  const most = 12;
  const largest = report.jobs.map((name, job) => ({ name, values: cells[job], query: `job=${job}` })).sort((a, b) => sum(b.values) - sum(a.values)).slice(0, most);
  return [heatMap(null, largest), report.jobs.length > most ? h("p", { class: "soft small" }, t("firstOf", most, report.jobs.length)) : null];
}

/** What somebody who opens the page wants to know first. */
export function overview() {
  const [notes, warnings, errors] = bySeverity();
  const rows = report.files.reduce((sum, file) => sum + file.rows, 0);
  const states = tally(report.units.review, reviews.length);
  const perSplit = [0, 1, 2].map((split) => report.files.filter((file) => file.split === split).reduce((sum, file) => sum + file.rows, 0));
  const languages = tally(report.units.isChinese, 2);
  return h("div", { class: "view" },
    h("h1", null, report.kb),
    h("p", { class: "lead" }, t("lead", report.format, report.tool)),
    errors > 0 ? h("p", { class: "banner", role: "alert" }, severityMark(2), " ", t("doesNotCompile", errors), " ", h("a", { href: "#/findings?severity=2" }, t("showThem"))) : null,
    h("div", { class: "cards" },
      card("#/questions", t("questions"), number(count()), t("inJobs", report.jobs.length, report.skills.length)),
      card("#/balance", t("rows"), number(rows), t("inFiles", report.files.length)),
      card("#/findings", t("findings"), number(errors + warnings + notes), t("findingsNote", errors, warnings, notes)),
      card("#/duplicates", t("duplicates"), number(report.clusterCount), t("clustersNote")),
      card("#/contradictions", t("contradictions"), number(byTopic("contradiction")), t("contradictionsNote")),
      card("#/leaks", t("leaks"), number(byTopic("leak")), t("leaksNote")),
      card("#/review", t("signedOff"), percent(states[3], count()), t("reviewNote", states[1], states[2], states[0]))),
    h("div", { class: "panels" },
      panel(t("splits"), "#/balance", shareBar(rowSplits.map((name, split) => ({ label: t(`split.${name}`), value: perSplit[split], colour: name })))),
      panel(t("languages"), "#/balance", shareBar([{ label: t("chinese"), value: languages[1], colour: "accent" }, { label: t("english"), value: languages[0], colour: "accent-2" }])),
      panel(t("coverage"), "#/coverage", jobsByLevel()),
      panel(t("findingsByCode"), "#/findings", worst()),
      panel(t("rowLengths"), "#/lengths", lengthBars("rows", null, 190)),
      panel(t("files"), null, table([t("file"), t("rows")], report.files.map((file) => [h("code", null, file.name), file.rows])))));
}
