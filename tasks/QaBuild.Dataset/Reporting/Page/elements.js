import { number } from "./language.js";

// Elements are made one by one and text is set as text: nothing that comes from sources is ever parsed as markup.

/** An element. Properties: `on…` are listeners, `style` an object, `false` and null leave one out; children that are arrays are spread, null and false are none. */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (name === "style") {
      for (const [key, text] of Object.entries(value)) {
        element.style.setProperty(key, text);
      }
    } else {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A table: cells of the head, then rows of cells. Cells that are numbers stand to the right. */
export function table(head, rows, properties) {
  const cell = (tag, value, scope) => h(tag, { scope, class: typeof value === "number" ? "number" : null }, typeof value === "number" ? number(value) : value);
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": head.filter((text) => text !== "").join(", ") },
    h("table", properties,
      h("thead", null, h("tr", null, head.map((text, i) => text === "" ? h("td") : h("th", { scope: "col", class: rows.length > 0 && typeof rows[0][i] === "number" ? "number" : null }, text)))),
      h("tbody", null, rows.map((row) => h("tr", null, row.map((value, i) => (i === 0 ? cell("th", value, "row") : cell("td", value))))))));
}

/** A choice of one of a few, as buttons. */
export function choice(label, options, chosen, choose) {
  return h("div", { class: "choice", role: "group", "aria-label": label },
    options.map(([value, text]) => h("button", { type: "button", "aria-pressed": String(value === chosen), onclick: () => choose(value) }, text)));
}

/** A word in a frame. */
export function badge(text, kind) {
  return h("span", { class: `badge ${kind ?? ""}` }, text);
}
