import { h, table } from "./elements.js";
import { report } from "./data.js";
import { t } from "./language.js";
import { lines, short } from "./charts.js";

const colours = ["train", "valid", "test", "accent", "accent-2"];
const stepNames = ["iteration", "iter", "step", "update", "epoch"];

// A field that has no name of its own here is spelled out.
function spelled(name) {
  return Object.hasOwn(texts, `field.${name}`) ? t(`field.${name}`) : name.replace(/[_.-]+/g, " ").replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);
}

// Losses belong on one chart; what else was measured has a unit of its own each.
function charts(file) {
  const names = Object.keys(file.columns);
  const step = stepNames.find((name) => names.some((one) => one.toLowerCase() === name));
  const at = names.find((name) => name.toLowerCase() === step);
  const x = at ? file.columns[at] : Array.from({ length: file.lines }, (_, i) => i + 1);
  // uPlot wants ascending steps; a run that was resumed repeats some.
  const order = x.map((_, i) => i).filter((i) => x[i] !== null).sort((a, b) => x[a] - x[b]);
  const column = (name) => order.map((i) => file.columns[name][i]);
  const values = names.filter((name) => name !== at);
  const losses = values.filter((name) => /loss/i.test(name));
  const groups = [...(losses.length > 0 ? [losses] : []), ...values.filter((name) => !losses.includes(name)).map((name) => [name])];
  const axis = at ? spelled(at) : t("line");
  return groups.map((group) => lines(group.map(spelled).join(" · "), order.map((i) => x[i]),
    group.map((name, i) => ({ label: spelled(name), colour: colours[(losses.includes(name) && /val/i.test(name) ? 1 : i) % colours.length], dash: i > 0 ? [6, 3] : undefined, values: column(name) })), { axisLabel: axis }));
}

function value(one, inCell = false) {
  if (one === null || one === "" || (typeof one === "object" && Object.keys(one).length === 0)) {
    return "–";
  }
  if (typeof one === "number") {
    return short(one);
  }
  if (typeof one === "boolean") {
    return h("span", { class: one ? "passed" : "failed" }, t(one ? "yes" : "no"));
  }
  if (typeof one !== "object") {
    return one;
  }
  // What is long, or stands in a table, is unfolded by who wants it.
  const entries = Object.keys(one).length;
  return inCell || (Array.isArray(one) && entries > 12) ? h("details", null, h("summary", null, t("entries", entries)), content(one)) : content(one);
}

function isFlat(one) {
  return one !== null && typeof one === "object" && !Array.isArray(one) && Object.values(one).every((part) => part === null || typeof part !== "object");
}

// Results come in shapes that their writers may change: an object is a list of terms, a list of objects a table.
function content(json) {
  if (Array.isArray(json)) {
    const most = 200;
    const rows = json.slice(0, most);
    const head = [...new Set(rows.flatMap((row) => (row !== null && typeof row === "object" && !Array.isArray(row) ? Object.keys(row) : [])))];
    const shown = head.length > 0 ? table(head.map(spelled), rows.map((row) => head.map((name) => value(row?.[name] ?? null, true)))) : h("p", null, rows.map((one, i) => [i > 0 ? ", " : "", value(one)]));
    return json.length > most ? [shown, h("p", { class: "soft" }, t("firstOf", most, json.length))] : shown;
  }
  const alike = Object.entries(json).filter(([, one]) => isFlat(one));
  if (alike.length > 1 && alike.every(([, one]) => Object.keys(one).join() === Object.keys(alike[0][1]).join())) {
    // Before and after, or one a split, are to be compared.
    const others = Object.fromEntries(Object.entries(json).filter(([, one]) => !isFlat(one)));
    return [table(["", ...alike.map(([name]) => spelled(name))], Object.keys(alike[0][1]).map((key) => [spelled(key), ...alike.map(([, one]) => value(one[key], true))])), Object.keys(others).length > 0 ? content(others) : null];
  }
  return h("dl", { class: "facts" }, Object.entries(json).map(([name, one]) => h("div", { class: one !== null && typeof one === "object" ? "nested" : null }, h("dt", null, spelled(name)), h("dd", null, value(one)))));
}

/** What training and its gates measured. */
export function model() {
  const { metrics, tables } = report.model ?? { metrics: [], tables: [] };
  return h("div", { class: "view" },
    h("h1", null, t("model")),
    metrics.length + tables.length === 0 ? h("p", { class: "nothing" }, t(report.model === null ? "loading" : "noModel")) : h("p", { class: "lead" }, t("modelLead")),
    metrics.map((file) => h("section", { class: "panel wide" }, h("h2", null, h("code", null, file.name)), h("p", { class: "soft" }, t("chartHint")), h("div", { class: "charts" }, charts(file)))),
    tables.map((file) => h("section", { class: "panel wide" }, h("h2", null, h("code", null, file.name)), value(file.content))));
}
