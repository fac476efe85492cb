import { h } from "./elements.js";
import { report } from "./data.js";
import { t } from "./language.js";

export const levels = ["l", "m", "h"];
export const splits = ["train", "valid", "test", "filtered", "dropped"];

/** Those of them that have rows. */
export const rowSplits = splits.slice(0, 3);
export const reviews = ["none", "unbound", "stale", "signed"];
export const severities = ["info", "warning", "error"];

const index = { children: null, findings: null, clusters: null };

function grouped(pairs) {
  const groups = new Map();
  for (const [unit, value] of pairs) {
    groups.has(unit) ? groups.get(unit).push(value) : groups.set(unit, [value]);
  }
  return groups;
}

export function count() {
  return report.units.name.length;
}

export function jobOf(unit) {
  return report.skills[report.units.skill[unit]].job;
}

export function skillName(unit) {
  return report.skills[report.units.skill[unit]].name;
}

/** Below the knowledge base. */
export function pathOf(unit) {
  return `job_${report.jobs[jobOf(unit)]}/skill_${skillName(unit)}/${report.units.name[unit]}`;
}

export function idOf(unit) {
  return report.units.id[unit] ?? pathOf(unit).replace(/\.md$/, "");
}

/** What the reader sees of a question in a list: its first line, without the marks of Markdown. */
export function titleOf(unit) {
  const text = report.texts[unit]?.question;
  return text === undefined ? report.units.name[unit] : text.trimStart().split("\n", 1)[0].replace(/[`*_#]+/g, "").slice(0, 300);
}

export function childrenOf(unit) {
  index.children ??= grouped(report.units.parents.flatMap((parents, child) => parents.map((parent) => [parent, child])));
  return index.children.get(unit) ?? [];
}

/** Indices of the findings that stand at a unit. */
export function findingsOf(unit) {
  index.findings ??= grouped(report.findings.flatMap((finding, i) => (finding.inKb && finding.units.length > 0 && pathOf(finding.units[0]) === finding.path ? [[finding.units[0], i]] : [])));
  return index.findings.get(unit) ?? [];
}

/** The index of the cluster of duplicates that a unit stands in, or undefined. */
export function clusterOf(unit) {
  index.clusters ??= new Map(report.clusters.flatMap((cluster, i) => cluster.units.map((member) => [member, i])));
  return index.clusters.get(unit);
}

/** Findings and clusters have come in since. */
export function forgetIndex() {
  index.findings = index.clusters = null;
}

function encoded(path) {
  return path.split("/").map(encodeURIComponent).join("/");
}

// Only a page that lies where it was made can find the sources.
function base(inKb) {
  return location.protocol !== "file:" || report.kbPath === null ? null : inKb ? report.kbPath : "";
}

/** The URL of the folder of a unit, or null. */
export function folderOf(unit) {
  const start = base(true);
  return start === null ? null : start + encoded(pathOf(unit)).replace(/[^/]*$/, "");
}

/** A place in a file: a link to the file, and one that opens an editor at the line. */
export function place(path, line, column, inKb = true) {
  const text = line > 0 ? `${path}:${line}` : path;
  const start = base(inKb);
  // A finding about the build as a whole may name an option.
  if (start === null || (!inKb && !path.startsWith("../"))) {
    return h("span", { class: "place" }, h("code", null, text));
  }
  const file = new URL(start + encoded(path), location.href);
  return h("span", { class: "place" },
    h("a", { href: file.href, target: "_blank", rel: "noopener" }, h("code", null, text)),
    h("a", { class: "editor", href: `vscode://file${file.pathname}:${Math.max(line, 1)}:${Math.max(column, 1)}`, title: t("openInEditor") }, "VS Code"));
}
