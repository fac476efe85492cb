import { load } from "./data.js";
import { draw, refresh, start } from "./shell.js";
import { report } from "./data.js";

// How long a reader waited, for whoever measures it: until the page answers, and until a search sees all texts.
function reached(name) {
  document.documentElement.dataset[name] = String(Math.round(performance.now()));
}

start();
load(() => {
  draw();
  requestAnimationFrame(() => setTimeout(() => reached("interactive")));
}, () => {
  refresh();
  if (report.searchable) {
    reached("searchable");
  }
});
