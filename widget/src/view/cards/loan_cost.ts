/** What a loan costs: the figures that matter first, the lines, the picture, and every instalment on demand. */

import type { Language, LegalLine, LoanCostCard } from "../../contract";
import { dress } from "../../format";
import { say } from "../../i18n";
import { chartView } from "../chart";
import { h } from "../dom";
import { amount, figureList } from "../figures";
import { icon } from "../icons";
import { tableView } from "../table";

export function loanCostView(card: LoanCostCard, language: Language): Node[] {
  const first = card.figures.filter((figure) => figure.emphasis);
  const rest = card.figures.filter((figure) => !figure.emphasis);
  const heads = first.map((figure) =>
    h(
      "div",
      { class: "head" },
      h("dt", {}, figure.label),
      h("dd", {}, amount(figure, language), figure.note && h("span", { class: "note" }, figure.note)),
    ),
  );
  return [
    h("h3", {}, card.title),
    first.length ? h("dl", { class: "heads" }, ...heads) : "",
    figureList(rest, language),
    ...card.lines.map((line) => lineView(line, language)),
    card.chart.x.length ? chartView(card.chart, language) : "",
    h("details", { class: "schedule" }, h("summary", {}, card.schedule.caption), tableView(card.schedule, language)),
  ].filter((part): part is HTMLElement => part instanceof Node);
}

function lineView(line: LegalLine, language: Language): HTMLElement {
  const limit = `${dress(line.limit, "percent")}${say("percent", language)}`;
  return h(
    "section",
    { class: line.crossed ? "line crossed" : "line" },
    h(
      "h4",
      {},
      icon(line.crossed ? "above" : "below"),
      h("strong", {}, say(line.crossed ? "crossed" : "not_crossed", language)),
      ` ${line.label} ${limit}`,
    ),
    h("p", {}, line.verdict),
    h("p", { class: "note" }, line.source),
  );
}
