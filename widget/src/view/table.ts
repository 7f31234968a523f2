/** Tables of decimal strings, as they came. */

import type { BarChart, Language, Table, Unit } from "../contract";
import { dress } from "../format";
import { say } from "../i18n";
import { h } from "./dom";

/** A longer text is no figure: it wraps, so that nobody scrolls sideways to read a sentence. */
const FIGURE = 16;

/** In a frame of its own that scrolls sideways, reachable by keyboard. */
export function tableView(table: Table, language: Language): HTMLElement {
  const head = table.columns.map((column) => h("th", { scope: "col" }, withUnit(column.label, column.unit, language)));
  const rows = table.rows.map((row) =>
    h(
      "tr",
      {},
      ...row.map((value, at) => {
        const shown = dress(value, table.columns[at]?.unit ?? "text");
        return at === 0 ? h("th", { scope: "row" }, shown) : h("td", { class: shown.length > FIGURE ? "words" : null }, shown);
      }),
    ),
  );
  return h(
    "div",
    { class: "table", tabindex: 0, role: "region", "aria-label": table.caption },
    h(
      "table",
      {},
      h("caption", { class: "hidden" }, table.caption),
      h("thead", {}, h("tr", {}, ...head)),
      h("tbody", {}, ...rows),
    ),
  );
}

/** The same numbers a chart draws. */
export function chartTable(chart: BarChart): Table {
  return {
    caption: chart.title,
    columns: [
      { label: chart.x_label, unit: "text" },
      ...chart.series.map(({ label }) => ({ label, unit: "yuan" as const })),
    ],
    rows: chart.x.map((name, at) => [name, ...chart.series.map(({ values }) => values[at] ?? "")]),
  };
}

function withUnit(label: string, unit: Unit, language: Language): string {
  if (unit !== "yuan" && unit !== "percent") return label;
  return language === "zh" ? `${label}（${say(unit, language)}）` : `${label} (${say(unit, language)})`;
}
