/** What is about to be sent, what opens it again, where it stands, and letters to take along. */

import type { CaseCard, Language, LetterCard, ReceiptCard, SummaryCard } from "../../contract";
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
  const copy = copyButton(card.receipt, code, language);
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

export function letterView(card: LetterCard, language: Language): Node[] {
  const sheet = h("div", { class: "sheet" }, ...card.paragraphs.map((text) => h("p", { lang: langOf(text) }, text)));
  const copy = copyButton(card.paragraphs.join("\n"), sheet, language);
  const print = button({ class: "quiet" }, () => printAlone(card), say("print", language));
  const notice = card.notice ? [h("p", { class: "notice-line" }, card.notice)] : [];
  return [h("h3", {}, card.title), sheet, h("div", { class: "actions" }, copy, print), ...notice];
}

function copyButton(text: string, shown: HTMLElement, language: Language): HTMLElement {
  const label = h("span", { role: "status" }, say("copy", language));
  const copy = (): void => {
    void copyText(text, shown).then((copied) => {
      label.textContent = say(copied ? "copied" : "copy_failed", language);
    });
  };
  return button({ class: "quiet" }, copy, icon("copy"), label);
}

/** Prints the letter and nothing of the page around it. */
function printAlone(card: LetterCard): void {
  const frame = h("iframe", { "aria-hidden": "true", tabindex: -1 });
  // A frame that is not shown at all is not printed by every browser.
  frame.style.cssText = "position:fixed;inset:auto 100% 100% auto;width:1px;height:1px;border:0";
  document.body.append(frame);
  const page = frame.contentDocument;
  if (!page || !frame.contentWindow) return;
  page.title = card.title;
  page.body.append(h("h1", {}, card.title), ...card.paragraphs.map((text) => h("p", {}, text)));
  frame.contentWindow.addEventListener("afterprint", () => frame.remove());
  frame.contentWindow.print();
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
