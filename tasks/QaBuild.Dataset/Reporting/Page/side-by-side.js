import { badge, h } from "./elements.js";
import { report } from "./data.js";
import { t } from "./language.js";
import { differences, withExcerpt } from "./differences.js";
import { pathOf, place, splits } from "./units.js";

/** The link of a unit within the page. */
export function unitLink(unit, text) {
  return h("a", { href: `#/questions?unit=${unit}` }, text);
}

export function splitBadge(unit) {
  const split = splits[report.units.split[unit]];
  return badge(t(`split.${split}`), `split-${split}`);
}

function side(unit, question, answer) {
  return h("article", { class: "side" },
    h("header", null, place(pathOf(unit), report.units.line[unit], 1), splitBadge(unit), unitLink(unit, t("openQuestion"))),
    h("h3", null, t("question")), h("div", { class: "plain" }, question),
    h("h3", null, t("answer")), h("div", { class: "plain" }, answer));
}

/** Two units, the words marked that only one of them has; with `excerpts` what contradicts is marked in the answers instead. */
export function sideBySide(a, b, excerpts) {
  const [one, other] = [report.texts[a], report.texts[b]];
  if (!one || !other) {
    return h("p", { class: "nothing" }, t("loading"));
  }
  const questions = differences(one.question, other.question);
  const answers = excerpts ? [withExcerpt(one.answer, excerpts[0]), withExcerpt(other.answer, excerpts[1])]
    : one.answer === other.answer ? [[one.answer], [other.answer]] : differences(one.answer, other.answer);
  return h("div", { class: "sides" }, side(a, questions[0], answers[0]), side(b, questions[1], answers[1]));
}
