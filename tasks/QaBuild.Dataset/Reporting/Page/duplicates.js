import { badge, h } from "./elements.js";
import { report } from "./data.js";
import { t } from "./language.js";
import { browse } from "./browse.js";
import { sideBySide, unitLink } from "./side-by-side.js";
import { pathOf, titleOf } from "./units.js";

function wordsLine(label, text, kind) {
  return text === "" ? null : h("p", { class: "words" }, h("span", { class: "soft" }, label), " ", h("span", { class: kind }, text));
}

function pairPane(pair) {
  return h("section", { class: "pair" },
    h("header", null, badge(t(pair.isDuplicate ? "duplicate" : "similar"), pair.isDuplicate ? "duplicate" : "similar"), h("strong", null, t(`kind.${pair.kind}`)), h("span", { class: "score" }, pair.score.toFixed(2))),
    wordsLine(t("shared"), pair.shared, "shared"), wordsLine(t("onlyLeft"), pair.onlyA, "only-a"), wordsLine(t("onlyRight"), pair.onlyB, "only-b"),
    sideBySide(pair.a, pair.b));
}

function clusterPane(i) {
  const cluster = report.clusters[i];
  const shown = 10;
  const pairs = h("div", null, cluster.pairs.slice(0, shown).map(pairPane));
  const rest = cluster.pairs.length - shown;
  const all = rest > 0 ? h("button", { type: "button", onclick: () => { pairs.append(...cluster.pairs.slice(shown).map(pairPane)); all.remove(); } }, t("showMorePairs", rest)) : null;
  const members = 100;
  return h("article", null,
    h("h2", null, t("clusterOf", cluster.units.length)),
    cluster.units.length > 2 ? h("details", { open: cluster.units.length <= 12 }, h("summary", null, t("members")),
      h("ul", { class: "plain-list" }, cluster.units.slice(0, members).map((unit) => h("li", null, unitLink(unit, titleOf(unit)), " ", h("code", { class: "soft" }, pathOf(unit)))), cluster.units.length > members ? h("li", null, "…") : null)) : null,
    pairs, all);
}

/** The clusters of duplicates, the most alike first, with what holds each together. */
export function duplicates(parameters, go, note) {
  const view = browse({
    label: t("duplicates"), height: 60, empty: t("noDuplicates"), pane: clusterPane,
    tools: h("p", { class: "lead" }, t("duplicatesLead")),
    row(i) {
      const [best] = report.clusters[i].pairs;
      return [h("span", { class: "row-title" }, titleOf(best.a)),
        h("span", { class: "row-note" }, badge(best.score.toFixed(2), best.isDuplicate ? "duplicate" : "similar"), badge(t("units", report.clusters[i].units.length)), h("span", { class: "row-path" }, t(`kind.${best.kind}`)))];
    },
    picked: (i) => note("duplicates", new URLSearchParams(i === null ? {} : { cluster: i })),
  });
  const chosen = parameters.get("cluster");
  view.element.refresh = () => view.fill(report.clusters.map((_, i) => i), chosen === null ? null : Number(chosen), report.clusterCount);
  view.element.refresh();
  if (chosen !== null) {
    view.element.classList.add("reading");
  }
  return h("div", { class: "view full" }, h("h1", null, t("duplicates")), view.element);
}
