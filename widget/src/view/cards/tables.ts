/** Figures and tables: offers side by side, a plan, a table that was checked. */

import type { Language, TableCard } from "../../contract";
import { h } from "../dom";
import { figureList } from "../figures";
import { tableView } from "../table";

export function tablesView(card: TableCard, language: Language): Node[] {
  return [
    h("h3", {}, card.title),
    ...(card.figures.length ? [figureList(card.figures, language)] : []),
    ...card.tables.flatMap((table) => [h("h4", {}, table.caption), tableView(table, language)]),
    ...card.notices.map((notice) => h("p", { class: "notice-line" }, notice)),
  ];
}
