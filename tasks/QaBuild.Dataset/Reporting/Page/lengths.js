import { choice, h, table } from "./elements.js";
import { report } from "./data.js";
import { lengthUnit, number, t } from "./language.js";
import { bars } from "./charts.js";
import { rowSplits } from "./units.js";

// 1, 2 or 5 of a power of ten, so that at most forty steps reach the length that 99 of 100 stay below.
function stepFor(lengths) {
  const sorted = Float64Array.from(lengths).sort();
  const reach = Math.max(sorted[Math.floor(0.99 * (sorted.length - 1))] ?? 1, 1);
  const power = 10 ** Math.floor(Math.log10(reach / 40));
  return { width: Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((width) => reach / width <= 40)), reach };
}

function quantiles(lengths) {
  const sorted = Float64Array.from(lengths).sort();
  return [0, 0.25, 0.5, 0.75, 0.95, 1].map((share) => sorted[Math.round(share * (sorted.length - 1))] ?? 0);
}

function measured(kind) {
  if (kind === "rows") {
    return { lengths: report.rows.length, splits: report.rows.split, unit: lengthUnit() };
  }
  return { lengths: report.units[kind], splits: report.units.split, unit: t("characters") };
}

/** How long rows, questions or answers are, stacked by split. */
export function lengthBars(kind, title, height) {
  const { lengths, splits, unit } = measured(kind);
  const { width, reach } = stepFor(lengths);
  const last = Math.floor(reach / width) + 1;
  const counts = rowSplits.map(() => new Array(last + 1).fill(0));
  lengths.forEach((length, i) => {
    if (splits[i] < rowSplits.length) {
      counts[splits[i]][Math.min(Math.floor(length / width), last)]++;
    }
  });
  const steps = counts[0].map((_, i) => (i === last ? `≥ ${number(i * width)}` : width === 1 ? number(i) : `${number(i * width)}–${number((i + 1) * width - 1)}`));
  return bars(title, steps, rowSplits.map((name, split) => ({ label: t(`split.${name}`), colour: name, values: counts[split] })), { height, axisLabel: unit, ticks: counts[0].map((_, i) => `${i === last ? "≥ " : ""}${number(i * width)}`) });
}

/** The lengths of rows, questions and answers. */
export function lengths(parameters, go) {
  const kind = ["rows", "question", "answer"].includes(parameters.get("of")) ? parameters.get("of") : "rows";
  const { lengths: all, splits, unit } = measured(kind);
  const head = ["", t("smallest"), "25 %", t("median"), "75 %", "95 %", t("largest")];
  const of = (split) => all.filter((_, i) => splits[i] === split);
  return h("div", { class: "view" },
    h("h1", null, t("lengths")),
    h("p", { class: "lead" }, t("lengthsLead")),
    h("div", { class: "tools" }, choice(t("lengths"), [["rows", t("rows")], ["question", t("questions")], ["answer", t("answers")]], kind, (value) => go("lengths", { of: value }))),
    h("section", { class: "panel wide" }, lengthBars(kind, null, 340)),
    h("section", { class: "panel wide" }, h("h2", null, t("quantiles", unit)), table(head, [[t("all"), ...quantiles(all)], ...rowSplits.map((name, split) => [t(`split.${name}`), ...quantiles(of(split))])])));
}
