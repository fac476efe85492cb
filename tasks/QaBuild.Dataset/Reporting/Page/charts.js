import { h, table } from "./elements.js";
import { number, t } from "./language.js";

const drawn = new Set();

// A canvas does not know the style sheet's variables.
function colour(name) {
  const probe = h("span", { style: { color: `var(--${name})` } });
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function axis(extra) {
  return { stroke: colour("soft"), grid: { stroke: colour("line"), width: 1 }, ticks: { stroke: colour("line"), width: 1, size: 4 }, font: "12px system-ui", ...extra };
}

// Drawn once it has a width, and again when it has another.
function figure(kind, title, height, options, columns, described) {
  const stage = h("div", { class: "stage", style: { "min-height": `${height}px` } });
  let plot = null;
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    if (width === 0 || !stage.isConnected) {
      return;
    }
    if (plot) {
      plot.setSize({ width, height });
    } else {
      plot = new uPlot({ width, height, ...options(), legend: { live: true, markers: { width: 0, fill: (chart, i) => chart.series[i].stroke?.(chart, i) } } }, columns, stage);
      plot.root.setAttribute("aria-hidden", "true");
      drawn.add(plot);
    }
  }).observe(stage);
  return h("figure", { class: `chart ${kind}` }, title ? h("figcaption", null, title) : null, stage, h("details", null, h("summary", null, t("asTable")), described));
}

/** Ends the charts of a view that is left. */
export function forgetCharts() {
  for (const plot of drawn) {
    plot.destroy();
  }
  drawn.clear();
}

/** Bars over named steps. `series`: one set of bars a `{ label, colour, values }`; several are stacked in the order given. `ticks` stand below the bars. */
export function bars(title, steps, series, { height = 220, axisLabel, ticks = steps } = {}) {
  const totals = series.map((_, s) => steps.map((_, i) => series.slice(0, s + 1).reduce((sum, one) => sum + one.values[i], 0)));
  // The highest stand at the back.
  const order = series.map((_, s) => s).reverse();
  const options = () => ({
    padding: [8, 28, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: { x: { time: false, range: [-0.6, steps.length - 0.4] }, y: { range: (_, __, most) => [0, Math.max(most * 1.05, 1)] } },
    axes: [
      axis({ grid: { show: false }, values: (_, at) => at.map((i) => (Number.isInteger(i) ? ticks[i] ?? "" : "")), label: axisLabel, size: 30, labelSize: axisLabel ? 18 : 0, labelGap: 2, labelFont: "12px system-ui", space: 56 }),
      axis({ size: 56, values: (_, at) => at.map((value) => (Number.isInteger(value) ? number(value) : "")) }),
    ],
    series: [
      { label: t("step"), value: (_, i) => (i === null || i === undefined ? "–" : steps[i]) },
      ...order.map((s) => ({
        label: series[s].label, fill: colour(series[s].colour), stroke: colour(series[s].colour), width: 0, points: { show: false }, paths: uPlot.paths.bars({ size: [0.86, 80] }),
        value: (_, value, __, i) => (i === null || i === undefined ? "–" : number(series[s].values[i])),
      })),
    ],
  });
  return figure("stacked", title, height, options, [steps.map((_, i) => i), ...order.map((s) => totals[s])],
    table([t("step"), ...series.map((one) => one.label)], steps.map((step, i) => [step, ...series.map((one) => one.values[i])])));
}

/** Lines over a measure such as steps; a stretch that is dragged over is enlarged, a double click shows all again. */
export function lines(title, x, series, { height = 260, axisLabel } = {}) {
  const options = () => ({
    padding: [8, 28, 0, 0],
    cursor: { drag: { x: true, y: false } },
    scales: { x: { time: false } },
    axes: [axis({ label: axisLabel, size: 30, labelSize: 18, labelGap: 2, labelFont: "12px system-ui", values: (_, at) => at.map((value) => number(value, 2)) }), axis({ size: 64, values: (_, at) => at.map((value) => short(value)) })],
    series: [
      { label: axisLabel, value: (_, value) => (value === null ? "–" : number(value, 2)) },
      ...series.map((one) => ({ label: one.label, stroke: colour(one.colour), width: 2, dash: one.dash, spanGaps: true, points: { show: one.values.filter((value) => value !== null).length < 40, size: 5 }, value: (_, value) => (value === null ? "–" : short(value)) })),
    ],
  });
  const shown = thinned(x.length, 200);
  return figure("", title, height, options, [x, ...series.map((one) => one.values)],
    table([axisLabel, ...series.map((one) => one.label)], shown.map((i) => [short(x[i]), ...series.map((one) => short(one.values[i]))])));
}

// At most so many of a count, the last among them.
function thinned(length, most) {
  const every = Math.max(1, Math.ceil(length / most));
  return Array.from({ length }, (_, i) => i).filter((i) => i % every === 0 || i === length - 1);
}

/** A measurement in as many digits as say something. */
export function short(value) {
  if (value === null || value === undefined) {
    return "–";
  }
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 1e9) ? value.toExponential(2) : number(value, size >= 100 ? 1 : 4);
}
