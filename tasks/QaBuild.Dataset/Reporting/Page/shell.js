import { h } from "./elements.js";
import { report } from "./data.js";
import { currentLanguage, number, remember, remembered, speak, t } from "./language.js";
import { forgetCharts } from "./charts.js";
import { forgetIndex } from "./units.js";
import { views } from "./views.js";

const themes = ["system", "light", "dark"];
let theme = themes.includes(remembered("theme")) ? remembered("theme") : "system";

function hash(name, parameters) {
  const query = new URLSearchParams([...new URLSearchParams(parameters)].filter(([, value]) => value !== "")).toString();
  return `#/${name}${query === "" ? "" : `?${query}`}`;
}

/** Goes to a view. */
function go(name, parameters) {
  location.hash = hash(name, parameters);
}

// What the reader looks at can be opened again, and is no step of its own on the way back.
function note(name, parameters) {
  if (current()[0] === name) {
    history.replaceState(null, "", hash(name, parameters));
  }
}

function current() {
  const [name, query] = location.hash.replace(/^#\/?/, "").split("?");
  return [Object.hasOwn(views, name) ? name : "overview", new URLSearchParams(query)];
}

function drawTheme() {
  document.documentElement.dataset.theme = theme;
}

function menu(active) {
  return h("nav", { "aria-label": t("menu") }, h("ul", null, Object.entries(views).map(([name, view], i) => h("li", null,
    h("a", { href: `#/${name}`, "aria-current": name === active ? "page" : null }, h("span", null, t(name)), view.badge && view.badge() > 0 ? h("span", { class: "menu-badge" }, number(view.badge())) : null)))));
}

function switches() {
  return h("div", { class: "switches" },
    h("button", { type: "button", lang: currentLanguage() === "zh" ? "en" : "zh-CN", onclick: switchLanguage, "aria-keyshortcuts": "l" }, currentLanguage() === "zh" ? "English" : "中文"),
    h("button", { type: "button", onclick: switchTheme, "aria-keyshortcuts": "t" }, h("span", { "aria-hidden": "true" }, { system: "◐", light: "○", dark: "●" }[theme]), ` ${t(`theme.${theme}`)}`),
    h("button", { type: "button", onclick: openHelp, "aria-keyshortcuts": "?", "aria-label": t("help") }, "?"));
}

/** Draws all: after a step to another view, in another language or in other colours. */
export function draw() {
  const [name, parameters] = current();
  forgetCharts();
  document.title = `${t(name)} · ${report.kb} · QaBuild`;
  const main = h("main", { id: "main", tabindex: "-1" }, views[name].show(parameters, go, note));
  document.body.querySelector(".shell")?.remove();
  document.body.prepend(h("div", { class: "shell" },
    h("a", { class: "skip", href: "#main", onclick: (event) => { event.preventDefault(); main.focus(); } }, t("skip")),
    h("header", { class: "side-bar" }, h("a", { class: "brand", href: "#/overview" }, h("span", { class: "mark", "aria-hidden": "true" }, "Qa"), h("span", null, "QaBuild")), menu(name), switches()), main));
  document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}

/** Shows what came in since, without a loss of the reader's place. */
export function refresh() {
  forgetIndex();
  const open = document.querySelector(".browse");
  if (open?.refresh) {
    open.refresh();
  } else if (current()[0] === "model") {
    draw();
  }
}

function switchLanguage() {
  speak(currentLanguage() === "zh" ? "en" : "zh");
  remember("language", currentLanguage());
  draw();
}

function switchTheme() {
  theme = themes[(themes.indexOf(theme) + 1) % themes.length];
  remember("theme", theme);
  drawTheme();
  draw();
}

const keys = [["1 … 9, 0", "keys.views"], ["/", "keys.search"], ["j k ↑ ↓", "keys.move"], ["Enter", "keys.read"], ["Esc", "keys.back"], ["l", "keys.language"], ["t", "keys.theme"], ["?", "keys.help"]];

function openHelp() {
  document.querySelector("dialog")?.remove();
  const dialog = h("dialog", { "aria-labelledby": "help-title", onclick: (event) => event.target === dialog && dialog.close() },
    h("div", { class: "dialog" },
      h("header", null, h("h2", { id: "help-title" }, t("keys")), h("button", { type: "button", onclick: () => dialog.close() }, t("close"))),
      h("dl", { class: "keys" }, keys.map(([key, name]) => h("div", null, h("dt", null, h("kbd", null, key)), h("dd", null, t(name))))),
      h("p", null, t("about", report.tool)),
      h("details", null, h("summary", null, t("licences")), h("pre", { tabindex: "0" }, document.getElementById("licences").textContent.trim()))));
  document.body.append(dialog);
  dialog.showModal();
}

function onKey(event) {
  const typing = event.target.matches?.("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey;
  if (event.key === "Escape" && event.target.matches?.("input")) {
    event.target.blur();
  }
  if (typing || document.querySelector("dialog[open]")) {
    return;
  }
  const names = Object.keys(views);
  const act = {
    "?": openHelp, l: switchLanguage, t: switchTheme,
    j: () => press("ArrowDown"), k: () => press("ArrowUp"),
    "/": () => (current()[0] === "questions" ? document.querySelector("input[type=search]").focus() : (go("questions", {}), searchNext = true)),
  }[event.key] ?? (/^[0-9]$/.test(event.key) ? () => go(names[(Number(event.key) + 9) % 10], {}) : null);
  if (act) {
    event.preventDefault();
    act();
  }
}

let searchNext = false;

function press(key) {
  document.querySelector(".list")?.dispatchEvent(new KeyboardEvent("keydown", { key }));
}

/** Begins: before there is data, what does not need it. */
export function start() {
  speak(["en", "zh"].includes(remembered("language")) ? remembered("language") : currentLanguage());
  drawTheme();
  addEventListener("hashchange", () => {
    draw();
    scrollTo(0, 0);
    if (searchNext) {
      searchNext = false;
      document.querySelector("input[type=search]")?.focus();
    }
  });
  addEventListener("keydown", onKey);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
