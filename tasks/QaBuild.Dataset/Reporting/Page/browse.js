import { h } from "./elements.js";
import { t } from "./language.js";
import { virtualList } from "./virtual-list.js";

/**
 * A list beside what is to be read of the item that is picked in it; on a narrow screen one at a time.
 * `tools` stands above, `pane(item)` makes what is read, `picked(item)` is told of it.
 */
export function browse({ label, height, row, pane, picked, empty, tools }) {
  const reading = h("div", { class: "pane", tabindex: "-1" });
  const counted = h("p", { class: "counted", role: "status" });
  const back = h("button", { type: "button", class: "back", onclick: () => element.classList.remove("reading") }, `‹ ${t("backToList")}`);
  const list = virtualList({
    label, height, row, empty,
    pick(item, byReader) {
      reading.replaceChildren(back, item === null ? h("p", { class: "nothing" }, empty) : pane(item));
      reading.scrollTop = 0;
      if (byReader) {
        element.classList.add("reading");
      }
      picked?.(item);
    },
  });
  const element = h("div", { class: "browse" }, h("div", { class: "tools" }, tools, counted), h("div", { class: "two" }, list.element, reading));
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === list.element) {
      element.classList.add("reading");
      reading.focus();
    } else if (event.key === "Escape" && element.classList.contains("reading")) {
      element.classList.remove("reading");
      list.focus();
    }
  });
  return {
    element, list,
    fill(items, keep, total) {
      counted.textContent = total === undefined || total === items.length ? t("counted", items.length) : t("countedOf", items.length, total);
      element.classList.toggle("none", items.length === 0);
      list.fill(items, keep);
    },
  };
}
