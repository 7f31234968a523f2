/** One message in the log. */

import type { Button, Language, Message } from "../contract";
import { langOf, say } from "../i18n";
import { cardView, unsaid } from "./cards";
import { button, h, hidden } from "./dom";

export function messageView(message: Message, language: Language, onTap: (tapped: Button) => void): HTMLElement {
  if (message.author === "user") return ownWords(message.text, language);
  const tongue: Language = langOf(message.text).startsWith("zh") ? "zh" : "en";
  const card = message.card && cardView(message.card, tongue);
  const text = message.card && card ? unsaid(message.text, message.card) : message.text;
  return h(
    "div",
    { class: "message bot", lang: langOf(message.text) },
    hidden(say("said_by_bot", language)),
    text !== "" && h("p", { class: "bubble" }, text),
    card,
    message.buttons.length > 0 &&
      h(
        "div",
        { class: "choices" },
        ...message.buttons.map((offered) =>
          button({ class: isLong(offered.title) ? "choice long" : "choice" }, () => onTap(offered), offered.title),
        ),
      ),
  );
}

export function ownWords(text: string, language: Language): HTMLElement {
  return h(
    "div",
    { class: "message user", lang: langOf(text) },
    hidden(say("said_by_you", language)),
    h("p", { class: "bubble" }, text),
  );
}

/** A quiet line between messages. */
export function remark(text: string): HTMLElement {
  return h("p", { class: "remark" }, text);
}

/** Too long for half the width of a phone; a Chinese character is as wide as two letters. */
function isLong(title: string): boolean {
  return title.length + (title.match(/[\u2e80-\uffef]/g)?.length ?? 0) > 14;
}
