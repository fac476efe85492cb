import { h } from "./elements.js";
import { report } from "./data.js";
import { said, t } from "./language.js";
import { browse } from "./browse.js";
import { sideBySide, unitLink } from "./side-by-side.js";
import { messageOf, ruleHelp, severityMark } from "./unit-pane.js";
import { markdown } from "./markdown.js";
import { folderOf, place, severities, titleOf } from "./units.js";

function findingTexts(finding) {
  const [a, b] = finding.units;
  if (b !== undefined) {
    // The finding stands at the second of the two.
    return sideBySide(b, a, finding.excerpts);
  }
  return a === undefined ? null : h("section", null, h("h3", null, unitLink(a, titleOf(a))),
    report.texts[a] ? [h("h4", null, t("question")), markdown(report.texts[a].question, folderOf(a)), h("h4", null, t("answer")), markdown(report.texts[a].answer, folderOf(a))] : h("p", { class: "nothing" }, t("loading")));
}

function findingPane(i) {
  const finding = report.findings[i];
  return h("article", null,
    h("h2", null, severityMark(finding.severity), ` ${report.rules[finding.rule].code} `, h("span", { class: "soft" }, said(report.rules[finding.rule].title))),
    finding.path === null ? null : h("p", null, place(finding.path, finding.line, finding.column, finding.inKb)),
    h("p", { class: "message" }, messageOf(finding)),
    findingTexts(finding), ruleHelp(report.rules[finding.rule]));
}

function findingRow(i) {
  const finding = report.findings[i];
  const place = finding.path === null ? "" : finding.line > 0 ? `${finding.path}:${finding.line}` : finding.path;
  return [h("span", { class: "row-title" }, severityMark(finding.severity), ` ${report.rules[finding.rule].code} `, h("span", { class: "soft" }, said(report.rules[finding.rule].title))), h("span", { class: "row-message" }, messageOf(finding)), h("span", { class: "row-note" }, h("span", { class: "row-path" }, place))];
}

/** Findings, all or those of a topic. */
export function findingsOn(topic) {
  const name = topic === null ? "findings" : topic === "leak" ? "leaks" : "contradictions";
  return (parameters, go, note) => {
    const [rule, severity, chosen] = ["rule", "severity", "finding"].map((field) => parameters.get(field));
    const state = new URLSearchParams(parameters);
    const changed = (field) => (event) => go(name, { ...Object.fromEntries(state), finding: "", [field]: event.target.value });
    const option = (value, text, picked) => h("option", { value, selected: String(value) === picked }, text);
    const of = report.counts.filter((one) => topic === null || report.rules[one.rule].topic === topic);
    const perRule = new Map();
    of.forEach((one) => perRule.set(one.rule, (perRule.get(one.rule) ?? 0) + one.findings));
    const view = browse({
      label: t(name), height: 82, row: findingRow, pane: findingPane, empty: t(`no.${name}`),
      tools: [h("p", { class: "lead" }, t(`lead.${name}`)), topic !== null ? null : h("div", { class: "fields" },
        h("select", { "aria-label": t("anyFinding"), onchange: changed("rule") }, option("", t("anyFinding"), rule ?? ""),
          [...perRule].sort(([a], [b]) => a - b).map(([i, count]) => option(i, `${report.rules[i].code} ${said(report.rules[i].title)} (${count})`, rule))),
        h("select", { "aria-label": t("anySeverity"), onchange: changed("severity") }, option("", t("anySeverity"), severity ?? ""), severities.map((one, i) => option(i, t(`severity.${one}`), severity))))],
      picked(i) {
        i === null ? state.delete("finding") : state.set("finding", i);
        note(name, state);
      },
    });
    view.element.refresh = () => {
      const shown = report.findings.flatMap((finding, i) => ((topic === null || report.rules[finding.rule].topic === topic)
        && (!rule || String(finding.rule) === rule) && (!severity || String(finding.severity) === severity) ? [i] : []));
      view.fill(shown, chosen === null ? null : Number(chosen), of.reduce((sum, one) => sum + one.findings, 0));
    };
    view.element.refresh();
    if (chosen) {
      view.element.classList.add("reading");
    }
    return h("div", { class: "view full" }, h("h1", null, t(name)), view.element);
  };
}
