/** One page of a lesson, one question, an answer, or the end; always with how far one has come. */

import type { Language, LessonCard } from "../../contract";
import { say } from "../../i18n";
import { h, svg } from "../dom";
import { icon } from "../icons";
import { ruleOfThumb } from "./verdict";

export function lessonView(card: LessonCard, language: Language): Node[] {
  const badge = badgeOf(card, language);
  const parts: (HTMLElement | false)[] = [
    h("p", { class: "stage" }, h("span", {}, card.title), steps(card, language)),
    badge && h("h3", { class: card.correct === true ? "badge right" : "badge" }, ...badge),
    ...card.paragraphs.map((paragraph) => h("p", { class: card.stage === "question" ? "ask" : null }, paragraph)),
    card.rule_of_thumb !== "" && ruleOfThumb(card.rule_of_thumb, language),
    card.source !== "" && h("p", { class: "note" }, card.source),
  ];
  return parts.filter((part): part is HTMLElement => part !== false);
}

function badgeOf(card: LessonCard, language: Language): (Node | string)[] | false {
  switch (card.stage) {
    case "question":
      return [say("question", language)];
    case "answer":
      return card.correct ? [icon("check"), say("right", language)] : [say("wrong", language)];
    case "result":
      return [icon("check"), say("done", language)];
    default:
      return false;
  }
}

function steps(card: LessonCard, language: Language): HTMLElement {
  const words = say("step", language).replace("{step}", String(card.step)).replace("{steps}", String(card.steps));
  const dots = Array.from({ length: Math.min(card.steps, 12) }, (_, at) =>
    svg("rect", { class: at < card.step ? "dot on" : "dot", x: at * 14 + 1, y: 1, width: 11, height: 6, rx: 3 }),
  );
  const drawing = svg("svg", { viewBox: `0 0 ${dots.length * 14} 8`, height: 8, width: dots.length * 14, "aria-hidden": "true" }, ...dots);
  return h("span", { class: "steps" }, drawing, h("span", { class: "hidden" }, words));
}
