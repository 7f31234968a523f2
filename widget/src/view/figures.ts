/** Labelled numbers. */

import type { Figure, Language } from "../contract";
import { dress } from "../format";
import { say } from "../i18n";
import { h } from "./dom";

/** The number, with what stands after it set smaller. */
export function amount({ value, unit }: Pick<Figure, "value" | "unit">, language: Language): HTMLElement {
  const after = unit === "yuan" ? ` ${say("yuan", language)}` : unit === "percent" ? say("percent", language) : "";
  return h("span", { class: `amount ${unit}` }, dress(value, unit), after && h("span", { class: "unit" }, after));
}

export function figureList(figures: Figure[], language: Language): HTMLElement {
  const rows = figures.map((figure) =>
    h(
      "div",
      { class: figure.emphasis ? "figure strong" : "figure" },
      h("dt", {}, figure.label, figure.note && h("span", { class: "note" }, figure.note)),
      h("dd", {}, amount(figure, language)),
    ),
  );
  return h("dl", { class: "figures" }, ...rows);
}
