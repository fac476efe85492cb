import { choice, h } from "./elements.js";
import { report } from "./data.js";
import { number, percent, t } from "./language.js";
import { levels } from "./units.js";

const shades = 7;

// By square roots, so that one large skill does not make all others look empty.
function step(value, most) {
  return value === 0 ? 0 : Math.max(1, Math.ceil(shades * Math.sqrt(value / Math.max(most, 1))));
}

function headCells() {
  return h("tr", null, h("th", { scope: "col" }, t("name")), levels.map((level) => h("th", { scope: "col" }, t(`level.${level}`))), h("th", { scope: "col" }, t("all")));
}

/** How many questions there are of each level; rows are `{ name, values, query }`. `most`: of which number the colour is the strongest. */
export function heatMap(caption, rows, most = Math.max(...rows.flatMap((row) => row.values), 0)) {
  const total = (row) => row.values.reduce((sum, value) => sum + value, 0);
  return h("div", { class: "scroll heat-scroll" },
    h("table", { class: "heat-map" }, caption ? h("caption", null, caption) : null, h("thead", null, headCells()), h("tbody", null, rows.map((row) => h("tr", null,
      h("th", { scope: "row" }, h("a", { href: `#/questions?${row.query}` }, row.name)),
      row.values.map((value, level) => h("td", { class: `heat heat-${step(value, most)}` }, value === 0 ? h("span", { title: t("gap") }, "–") : h("a", { href: `#/questions?${row.query}&level=${level}` }, number(value)))),
      h("td", { class: "sum" }, number(total(row))))))));
}

/** Jobs and skills by level. */
export function coverage(parameters, go) {
  const onlyGaps = parameters.get("gaps") === "1";
  const cells = report.skills.map(() => levels.map(() => 0));
  report.units.level.forEach((level, unit) => cells[report.units.skill[unit]][level]++);
  const gaps = cells.flat().filter((value) => value === 0).length;
  const most = Math.max(...cells.flat(), 0);
  const maps = report.jobs.map((name, job) => [h("a", { href: `#/questions?job=${job}` }, name),
    report.skills.flatMap((skill, i) => (skill.job === job && (!onlyGaps || cells[i].includes(0)) ? [{ name: skill.name, values: cells[i], query: `skill=${i}` }] : []))]).filter(([, rows]) => rows.length > 0);
  return h("div", { class: "view" },
    h("h1", null, t("coverage")),
    h("p", { class: "lead" }, t("coverageLead", gaps, cells.flat().length, percent(gaps, cells.flat().length))),
    h("div", { class: "tools" }, choice(t("coverage"), [["0", t("allSkills")], ["1", t("onlyGaps")]], onlyGaps ? "1" : "0", (value) => go("coverage", { gaps: value })), legend()),
    maps.length === 0 ? h("p", { class: "nothing" }, t("noGaps")) : h("div", { class: "panels" }, maps.map(([caption, rows]) => h("section", { class: "panel" }, heatMap(caption, rows, most)))));
}

function legend() {
  return h("p", { class: "heat-legend", "aria-hidden": "true" }, t("few"), Array.from({ length: shades + 1 }, (_, i) => h("span", { class: `heat heat-${i}` })), t("many"));
}
