/** Every card type, and what of a message's text its card leaves unsaid. */

import type { Card, Language } from "../../contract";
import { h } from "../dom";
import { lessonView } from "./lesson";
import { loanCostView } from "./loan_cost";
import { caseView, letterView, receiptView, summaryView } from "./records";
import { tablesView } from "./tables";
import { verdictView } from "./verdict";

type Views = { [T in Card["type"]]: (card: Extract<Card, { type: T }>, language: Language) => Node[] };

export const CARD_VIEWS: Views = {
  loan_cost: loanCostView,
  table: tablesView,
  verdict: verdictView,
  lesson: lessonView,
  summary: summaryView,
  receipt: receiptView,
  case: caseView,
  letter: letterView,
};

/** Null for a card of a type, or in a shape, that this widget does not know: the text says everything anyway. */
export function cardView(card: Card, language: Language): HTMLElement | null {
  const view = CARD_VIEWS[card.type] as ((card: Card, language: Language) => Node[]) | undefined;
  if (!view) return null;
  try {
    const level = card.type === "verdict" ? ` ${card.level}` : "";
    return h("article", { class: `card ${card.type}${level}` }, ...view(card, language));
  } catch (error) {
    console.error("a card could not be shown", error);
    return null;
  }
}

/** The lines of the text that the card does not say word for word; a lesson's card says all of it. */
export function unsaid(text: string, card: Card): string {
  if (card.type === "lesson") return "";
  const said = strings(card)
    .map(bare)
    .filter((part) => part !== "")
    .sort((a, b) => b.length - a.length);
  const isSaid = (line: string): boolean => said.reduce((rest, part) => rest.split(part).join(""), bare(line)) === "";
  return text
    .split("\n")
    .filter((line) => line.trim() === "" || !isSaid(line))
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(strings) : [];
}

/** Letters alone: numbering, quotation marks and stops do not make a line different. */
function bare(text: string): string {
  return text.replace(/^\s*\d+[.、]\s*/, "").replace(/[\s\p{P}]/gu, "");
}
