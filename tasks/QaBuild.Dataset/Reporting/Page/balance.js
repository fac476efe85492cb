import { h } from "./elements.js";
import { report } from "./data.js";
import { number, percent, t } from "./language.js";
import { jobOf, levels, rowSplits, splits } from "./units.js";
import { shareBar, tally } from "./overview.js";

// A share stands on a bar of its own, so that the splits of a value can be compared at a glance.
function spread(title, labels, valueOf) {
  const counts = labels.map(() => rowSplits.map(() => 0));
  const totals = rowSplits.map(() => 0);
  report.units.split.forEach((split, unit) => {
    if (split < rowSplits.length) {
      counts[valueOf(unit)][split]++;
      totals[split]++;
    }
  });
  return h("section", { class: "panel wide" }, h("h2", null, title),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, h("table", { class: "spread" },
      h("thead", null, h("tr", null, h("th", { scope: "col" }, title), rowSplits.map((name, split) => h("th", { scope: "col" }, t(`split.${name}`), h("span", { class: "soft" }, ` ${number(totals[split])}`))))),
      h("tbody", null, labels.map((label, value) => h("tr", null, h("th", { scope: "row" }, label), rowSplits.map((name, split) => h("td", null,
        h("span", { class: "bar", "aria-hidden": "true" }, h("span", { style: { width: `${totals[split] === 0 ? 0 : (100 * counts[value][split]) / totals[split]}%`, background: `var(--${name})` } })),
        h("span", { class: "value" }, percent(counts[value][split], totals[split]), h("span", { class: "soft" }, ` ${number(counts[value][split])}`))))))))));
}

/** Whether the splits resemble each other, and what the dataset is made of. */
export function balance() {
  const places = tally(report.units.split, 5);
  return h("div", { class: "view" },
    h("h1", null, t("balance")),
    h("p", { class: "lead" }, t("balanceLead")),
    h("section", { class: "panel wide" }, h("h2", null, t("questions")),
      shareBar(splits.map((name, i) => ({ label: t(`split.${name}`), value: places[i], colour: name })).filter((part, i) => i < 3 || part.value > 0))),
    spread(t("languages"), [t("english"), t("chinese")], (unit) => report.units.isChinese[unit]),
    spread(t("levels"), levels.map((level) => t(`level.${level}`)), (unit) => report.units.level[unit]),
    spread(t("jobs"), report.jobs, jobOf));
}
