import { h } from "./elements.js";
import { report } from "./data.js";
import { number, percent, t } from "./language.js";
import { count, jobOf, reviews, rowSplits } from "./units.js";
import { shareBar, tally } from "./overview.js";

// Best first, as a bar that fills up.
const order = [3, 1, 2, 0];

function rows(title, names, valueOf, query) {
  const counts = names.map(() => reviews.map(() => 0));
  report.units.review.forEach((state, unit) => valueOf(unit) !== null && counts[valueOf(unit)][state]++);
  return h("section", { class: "panel wide" }, h("h2", null, title),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, h("table", { class: "spread" },
      h("thead", null, h("tr", null, h("th", { scope: "col" }, title), order.map((state) => h("th", { scope: "col", class: "number" }, t(`review.${reviews[state]}`))), h("th", { scope: "col", class: "number" }, t("signedOff")))),
      h("tbody", null, names.map((name, i) => h("tr", null, h("th", { scope: "row" }, name),
        order.map((state) => h("td", { class: "number" }, counts[i][state] === 0 ? "–" : h("a", { href: `#/questions?${query}=${i}&review=${state}` }, number(counts[i][state])))),
        h("td", { class: "number" }, percent(counts[i][3], counts[i].reduce((sum, one) => sum + one, 0)))))))));
}

/** Who has read what. */
export function review() {
  const states = tally(report.units.review, reviews.length);
  return h("div", { class: "view" },
    h("h1", null, t("review")),
    h("p", { class: "lead" }, t("reviewLead")),
    h("section", { class: "panel wide" }, h("h2", null, t("questions")), shareBar(order.map((state) => ({ label: t(`review.${reviews[state]}`), value: states[state], colour: `review-${reviews[state]}` }))),
      h("p", null, order.filter((state) => state !== 3 && states[state] > 0).map((state) => h("a", { class: "button", href: `#/questions?review=${state}` }, t("readThem", t(`review.${reviews[state]}`), states[state]))))),
    rows(t("splits"), rowSplits.map((split) => t(`split.${split}`)), (unit) => (report.units.split[unit] < 3 ? report.units.split[unit] : null), "split"),
    count() === 0 ? null : rows(t("jobs"), report.jobs, jobOf, "job"));
}
