import { h } from "./elements.js";

/**
 * A list of any length, of which only what is seen has elements. Arrow keys, Page Up and Down, Home and End move in it.
 * `row(item)` makes the content of a row, `pick(item)` is told what the reader picked.
 */
export function virtualList({ label, height, row, pick, empty }) {
  const around = 6;
  const rows = h("div", { class: "rows", role: "presentation" });
  const nothing = h("p", { class: "nothing" }, empty);
  const element = h("div", { class: "list", role: "listbox", tabindex: "0", "aria-label": label }, rows);
  let items = [];
  let selected = -1;
  let drawn = "";

  function draw() {
    const from = Math.max(0, Math.floor(element.scrollTop / height) - around);
    const to = Math.min(items.length, Math.ceil((element.scrollTop + element.clientHeight) / height) + around);
    const now = `${from} ${to} ${selected}`;
    if (now === drawn) {
      return;
    }
    drawn = now;
    rows.replaceChildren(...Array.from({ length: Math.max(to - from, 0) }, (_, k) => from + k).map((i) => h("div", {
      class: "row", role: "option", id: `row-${i}`, "aria-selected": String(i === selected), "aria-setsize": String(items.length), "aria-posinset": String(i + 1),
      style: { top: `${i * height}px`, height: `${height}px` }, onclick: () => select(i, true),
    }, row(items[i]))));
    element.removeAttribute("aria-activedescendant");
    if (selected >= from && selected < to) {
      element.setAttribute("aria-activedescendant", `row-${selected}`);
    }
  }

  function show(i) {
    const top = i * height;
    if (top < element.scrollTop) {
      element.scrollTop = top;
    } else if (top + height > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + height - element.clientHeight;
    }
  }

  function select(i, byReader) {
    if (i < 0 || i >= items.length) {
      return;
    }
    selected = i;
    show(i);
    draw();
    pick(items[i], byReader);
  }

  element.addEventListener("scroll", draw, { passive: true });
  element.addEventListener("keydown", (event) => {
    const page = Math.max(1, Math.floor(element.clientHeight / height) - 1);
    const to = { ArrowDown: selected + 1, ArrowUp: selected - 1, PageDown: selected + page, PageUp: selected - page, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      select(Math.min(Math.max(to, 0), items.length - 1), false);
    }
  });
  new ResizeObserver(draw).observe(element);

  return {
    element,
    /** Puts other items into the list; the item that was selected stays so when it is among them, or else the first is. */
    fill(next, keep) {
      items = next;
      rows.style.height = `${items.length * height}px`;
      const at = keep === undefined || keep === null ? -1 : items.indexOf(keep);
      selected = at >= 0 ? at : items.length > 0 ? 0 : -1;
      items.length === 0 ? element.append(nothing) : nothing.remove();
      element.scrollTop = at > 0 ? Math.max(0, (at - 3) * height) : 0;
      drawn = "";
      draw();
      pick(selected >= 0 ? items[selected] : null, false);
    },
    focus() {
      element.focus();
    },
  };
}
