import { h } from "./elements.js";
import { report } from "./data.js";
import { t } from "./language.js";
import { browse } from "./browse.js";
import { highlight } from "./differences.js";
import { splitBadge } from "./side-by-side.js";
import { levelBadge, reviewBadge, severityMark, unitPane } from "./unit-pane.js";
import { count, findingsOf, idOf, jobOf, levels, pathOf, reviews, skillName, splits, titleOf } from "./units.js";

const fields = ["job", "skill", "level", "split", "language", "review", "rule"];

// Filled as texts come in: what a search looks through.
const haystack = [];

function textToSearch(unit) {
  const text = report.texts[unit];
  if (text === undefined) {
    return pathOf(unit).toLowerCase();
  }
  return (haystack[unit] ??= [idOf(unit), pathOf(unit), text.question, text.answer, text.context, text.system, text.proofreading, ...(text.paraphrases ?? []), ...(text.tags ?? [])].join("\n").toLowerCase());
}

/** Words, and phrases in quotes; all of them must be there. */
function wordsOf(query) {
  return [...query.toLowerCase().matchAll(/"([^"]+)"|(\S+)/g)].map((match) => match[1] ?? match[2]);
}

function matches(parameters) {
  const wanted = Object.fromEntries(fields.map((field) => [field, parameters.get(field) ?? ""]));
  const words = wordsOf(parameters.get("q") ?? "");
  const value = {
    job: jobOf, skill: (unit) => report.units.skill[unit], level: (unit) => report.units.level[unit], split: (unit) => report.units.split[unit],
    language: (unit) => report.units.isChinese[unit], review: (unit) => report.units.review[unit],
  };
  const units = [];
  for (let unit = 0; unit < count(); unit++) {
    const fits = fields.every((field) => wanted[field] === "" || (field === "rule" ? findingsOf(unit).some((i) => String(report.findings[i].rule) === wanted.rule) : String(value[field](unit)) === wanted[field]));
    if (fits && words.every((word) => textToSearch(unit).includes(word))) {
      units.push(unit);
    }
  }
  return units;
}

function select(name, label, options, chosen, changed) {
  return h("select", { name, "aria-label": label, onchange: (event) => changed(name, event.target.value) }, [["", label], ...options].map(([value, text]) => h("option", { value, selected: String(value) === chosen }, text)));
}

function questionRow(unit) {
  const findings = findingsOf(unit);
  const most = findings.reduce((worst, i) => Math.max(worst, report.findings[i].severity), -1);
  return [
    h("span", { class: "row-title", lang: report.units.isChinese[unit] ? "zh-CN" : "en" }, titleOf(unit)),
    h("span", { class: "row-note" }, levelBadge(unit), splitBadge(unit), report.units.review[unit] >= 2 ? reviewBadge(unit) : null, most >= 0 ? severityMark(most) : null,
      h("span", { class: "row-path" }, `${report.jobs[jobOf(unit)]} › ${skillName(unit)} › ${report.units.name[unit]}`)),
  ];
}

/** All questions: search, filters, a list, and the one that is read. */
export function questions(parameters, go, note) {
  const state = new URLSearchParams(parameters);
  const search = h("input", { type: "search", name: "q", value: state.get("q"), placeholder: t("searchAll"), "aria-label": t("searchAll"), "aria-keyshortcuts": "/", autocomplete: "off", spellcheck: "false" });
  const selects = h("div", { class: "fields" });
  const view = browse({
    label: t("questions"), height: 60, row: questionRow, empty: t("noQuestions"), tools: [h("div", { class: "search" }, search), selects],
    pane(unit) {
      const pane = unitPane(unit);
      queueMicrotask(() => highlight(pane, wordsOf(state.get("q") ?? "")));
      return pane;
    },
    picked(unit) {
      unit === null ? state.delete("unit") : state.set("unit", unit);
      note("questions", state);
    },
  });

  function changed(name, value) {
    value === "" ? state.delete(name) : state.set(name, value);
    if (name === "job") {
      state.delete("skill");
    }
    fill();
  }

  function drawSelects() {
    const job = state.get("job") ?? "";
    const numbered = (names, prefix) => names.map((name, i) => [i, t(`${prefix}.${name}`)]);
    selects.replaceChildren(
      select("job", t("allJobs"), report.jobs.map((name, i) => [i, name]), job, changed),
      select("skill", t("allSkills"), report.skills.flatMap((skill, i) => (job === "" || String(skill.job) === job ? [[i, job === "" ? `${report.jobs[skill.job]} › ${skill.name}` : skill.name]] : [])), state.get("skill") ?? "", changed),
      select("level", t("allLevels"), numbered(levels, "level"), state.get("level") ?? "", changed),
      select("split", t("allSplits"), numbered(splits, "split"), state.get("split") ?? "", changed),
      select("language", t("allLanguages"), [[0, t("english")], [1, t("chinese")]], state.get("language") ?? "", changed),
      select("review", t("anyReview"), numbered(reviews, "review"), state.get("review") ?? "", changed),
      select("rule", t("anyFinding"), report.rules.map((rule, i) => [i, rule.code]), state.get("rule") ?? "", changed),
      h("button", { type: "button", class: "quiet", onclick: () => go("questions", {}) }, t("clear")));
  }

  function fill() {
    const kept = state.get("unit");
    drawSelects();
    view.fill(matches(state), kept === null ? null : Number(kept), count());
    if (!report.searchable && (state.get("q") ?? "") !== "") {
      view.element.querySelector(".counted").textContent += ` · ${t("stillLoading")}`;
    }
  }

  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => changed("q", search.value.trim()), 120);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "Enter") {
      event.preventDefault();
      view.list.focus();
    }
  });
  // What came in since changes what the list says and what a search finds.
  view.element.refresh = fill;
  fill();
  if (parameters.get("unit") !== null) {
    view.element.classList.add("reading");
  }
  return h("div", { class: "view full" }, h("h1", { class: "hidden" }, t("questions")), view.element);
}
