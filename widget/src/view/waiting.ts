/** What was said without a network: that it will be sent by itself, and a way to take it back. */

import type { Language, Said } from "../contract";
import { langOf, say } from "../i18n";
import { button, h } from "./dom";

export class Waiting {
  readonly element = h("div", { class: "waiting" });
  /** Stays in the page: what changes in it is read out. */
  private readonly remark = h("p", { role: "status" });
  private readonly list = h("ul");
  private said: Said[] = [];

  constructor(private readonly onTakeBack: (said: Said) => void) {
    this.element.append(this.remark, this.list);
  }

  show(said: Said[], language: Language): void {
    const words = said.length ? say("waiting", language) : "";
    this.element.classList.toggle("on", said.length > 0);
    if (this.remark.textContent !== words) this.remark.textContent = words;
    this.said = said;
    this.list.replaceChildren(...said.map((one) => this.row(one, language)));
  }

  speak(language: Language): void {
    this.show(this.said, language);
  }

  private row(said: Said, language: Language): HTMLElement {
    const words = "text" in said ? said.text : said.title;
    const back = say("take_back", language);
    return h(
      "li",
      {},
      h("span", { class: "words", lang: langOf(words) }, words),
      button({ class: "quiet", "aria-label": `${back} ${words}` }, () => this.onTakeBack(said), back),
    );
  }
}
