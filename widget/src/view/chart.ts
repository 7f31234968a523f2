/** Stacked bars as a picture, with the same numbers as a table below it. */

import type { BarChart, Language } from "../contract";
import { group } from "../format";
import { say } from "../i18n";
import { h, svg } from "./dom";
import { chartTable, tableView } from "./table";

const WIDTH = 340;
const HEIGHT = 190;
const TOP = 22;
const BOTTOM = 24;
const LEFT = 46;
const DIGIT_WIDTH = 7.4;
const STEPS = [1, 2, 2.5, 5, 10];

let count = 0;

export function chartView(chart: BarChart, language: Language): HTMLElement {
  count += 1;
  const id = `chart-${count}`;
  return h(
    "figure",
    { class: "chart" },
    h("figcaption", { id }, chart.title),
    legend(chart),
    picture(chart, id),
    h("p", { class: "note", id: `${id}-text` }, chart.description),
    h("details", {}, h("summary", {}, say("chart_table", language)), tableView(chartTable(chart), language)),
  );
}

function legend(chart: BarChart): HTMLElement {
  const items = chart.series.map(({ label }, at) =>
    h("li", {}, svg("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, box(`bar s${at}`, 1, 1, 12, 12)), label),
  );
  return h("ul", { class: "legend" }, ...items);
}

function picture(chart: BarChart, id: string): SVGSVGElement {
  // Heights on a screen: the only place where an amount becomes a floating-point number.
  const bars = chart.x.map((_, at) => chart.series.map(({ values }) => Math.max(0, Number(values[at]) || 0)));
  const ticks = niceTicks(Math.max(0, ...bars.map(sum)));
  const top = ticks[ticks.length - 1] || 1;
  const y = (amount: number): number => HEIGHT - BOTTOM - (amount / top) * (HEIGHT - BOTTOM - TOP);
  const step = (WIDTH - LEFT) / Math.max(1, bars.length);
  const width = Math.min(step * 0.72, 44);

  const drawing = svg("svg", {
    class: "picture",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: "img",
    "aria-labelledby": id,
    "aria-describedby": `${id}-text`,
  });
  drawing.append(svg("text", { x: 0, y: 11, class: "axis" }, chart.y_label));
  for (const tick of ticks) {
    drawing.append(
      svg("line", { class: tick ? "grid" : "ground", x1: LEFT, x2: WIDTH, y1: y(tick), y2: y(tick) }),
      svg("text", { class: "axis", x: LEFT - 7, y: y(tick) + 4, "text-anchor": "end" }, group(String(tick))),
    );
  }
  bars.forEach((parts, at) => {
    const x = LEFT + step * at + (step - width) / 2;
    let below = 0;
    parts.forEach((part, series) => {
      if (part > 0) drawing.append(box(`bar s${series}`, x, y(below + part), width, y(below) - y(below + part)));
      below += part;
    });
  });
  drawing.append(...names(chart.x, step), svg("text", { class: "axis", x: WIDTH, y: 11, "text-anchor": "end" }, chart.x_label));
  return drawing;
}

/** As many names as have room. */
function names(x: string[], step: number): SVGTextElement[] {
  const widest = Math.max(1, ...x.map((name) => name.length)) * DIGIT_WIDTH + 8;
  const every = Math.max(1, Math.ceil(widest / step));
  return x.flatMap((name, at) =>
    at % every
      ? []
      : [svg("text", { class: "axis", x: LEFT + step * (at + 0.5), y: HEIGHT - 7, "text-anchor": "middle" }, name)],
  );
}

function box(name: string, x: number, y: number, width: number, height: number): SVGRectElement {
  const cut = (value: number): number => Math.round(value * 100) / 100;
  return svg("rect", { class: name, x: cut(x), y: cut(y), width: cut(width), height: cut(height) });
}

/** Round numbers from zero to just above the greatest. */
export function niceTicks(greatest: number): number[] {
  if (!(greatest > 0) || !Number.isFinite(greatest)) return [0];
  const rough = greatest / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (STEPS.find((candidate) => candidate * power >= rough) ?? 10);
  const ticks = [0];
  while ((ticks[ticks.length - 1] ?? 0) < greatest) ticks.push(Number((ticks.length * step).toPrecision(12)));
  return ticks;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
