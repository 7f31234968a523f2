/** What was found in a message. The level is a word and a shape before it is a colour. */

import type { Language, Level, VerdictCard } from "../../contract";
import { type Key, say } from "../../i18n";
import { h } from "../dom";
import { icon } from "../icons";

const LEVELS: Record<Level, Key> = {
  danger: "level_danger",
  caution: "level_caution",
  unsure: "level_unsure",
  no_sign: "level_no_sign",
};

export function verdictView(card: VerdictCard, language: Language): Node[] {
  const level = card.level in LEVELS ? card.level : "unsure";
  const parts: (HTMLElement | false)[] = [
    h(
      "header",
      { class: "level" },
      icon(level),
      // The title usually says the level itself; it must be said once in any case.
      h("h3", {}, card.title || say(LEVELS[level], language)),
    ),
    card.families.length > 0 && h("ul", { class: "tags" }, ...card.families.map((family) => h("li", {}, family))),
    card.signs.length > 0 && card.signs_title !== "" && h("h4", {}, card.signs_title),
    card.signs.length > 0 &&
      h(
        "ul",
        { class: "signs" },
        ...card.signs.map((sign) => h("li", {}, h("mark", {}, sign.quote), h("span", {}, sign.why))),
      ),
    card.advice.length > 0 && card.advice_title !== "" && h("h4", {}, card.advice_title),
    card.advice.length > 0 && h("ol", { class: "advice" }, ...card.advice.map((step) => h("li", {}, step))),
    card.rule_of_thumb !== "" && ruleOfThumb(card.rule_of_thumb, language),
    card.source !== "" && h("p", { class: "note" }, card.source),
  ];
  return parts.filter((part): part is HTMLElement => part !== false);
}

export function ruleOfThumb(rule: string, language: Language): HTMLElement {
  return h("p", { class: "rule" }, icon("bookmark"), h("span", {}, h("b", {}, say("rule", language)), rule));
}
