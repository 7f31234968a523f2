/** On a wide page: what this is for, beside the conversation. */

import type { Language } from "../contract";
import { type Key, say } from "../i18n";
import { h } from "./dom";

const CAN: [Key, Key][] = [
  ["can_cost", "can_cost_text"],
  ["can_check", "can_check_text"],
  ["can_learn", "can_learn_text"],
  ["can_complain", "can_complain_text"],
];

export function aside(language: Language): HTMLElement {
  return h(
    "aside",
    // Larger text may make it scroll.
    { class: "aside", tabindex: 0, "aria-label": say("name", language) },
    h("p", { class: "hero" }, say("hero", language)),
    h("p", { class: "hero-text" }, say("hero_text", language)),
    h("ul", { class: "can" }, ...CAN.map(([what, how]) => h("li", {}, h("b", {}, say(what, language)), h("span", {}, say(how, language))))),
    h("p", { class: "promise" }, say("promise", language)),
  );
}
