/** What is about to be sent, what opens it again, and where it stands. */

import type { CaseCard, Language, ReceiptCard, SummaryCard } from "../../contract";
import { langOf, say } from "../../i18n";
import { button, h } from "../dom";
import { figureList } from "../figures";
import { icon } from "../icons";

export function summaryView(card: SummaryCard, language: Language): Node[] {
  const notice = card.notice ? [h("p", { class: "notice-line" }, card.notice)] : [];
  return [h("h3", {}, card.title), figureList(card.rows, language), ...notice];
}

export function receiptView(card: ReceiptCard, language: Language): Node[] {
  const groups = card.receipt.trim().split(/\s+/);
  const code = h("p", { class: "digits" }, ...groups.flatMap((digits, at) => [at ? " " : "", h("span", {}, digits)]));
  const label = h("span", { role: "status" }, say("copy", language));
  const copy = button(
    { class: "quiet" },
    () => {
      void copyText(card.receipt, code).then((copied) => {
        label.textContent = say(copied ? "copied" : "copy_failed", language);
      });
    },
    icon("copy"),
    label,
  );
  return [h("h3", {}, card.title), code, copy, h("ul", { class: "notes" }, ...card.notes.map((note) => h("li", {}, note)))];
}

export function caseView(card: CaseCard, language: Language): Node[] {
  const entries = card.entries.map((entry) =>
    h(
      "li",
      { class: entry.own ? "own" : null },
      h("p", { class: "note" }, h("b", {}, entry.author || (entry.own ? say("you", language) : "")), " ", entry.at),
      h("p", { lang: langOf(entry.text) }, entry.text),
    ),
  );
  return [
    h("h3", {}, card.title),
    h("p", { class: "status" }, card.status),
    figureList(card.figures, language),
    ...(entries.length ? [h("ol", { class: "entries" }, ...entries)] : []),
    ...(card.notice ? [h("p", { class: "notice-line" }, card.notice)] : []),
  ];
}

/** The clipboard needs HTTPS; without it the older command does; without either the digits stand selected. */
async function copyText(text: string, shown: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const range = document.createRange();
    range.selectNodeContents(shown);
    const selection = window.getSelection();
    selection?.removeAllRanges();
    selection?.addRange(range);
    return document.execCommand("copy");
  }
}
