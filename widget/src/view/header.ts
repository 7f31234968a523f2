/** Who speaks, and the four things that must be within reach at any time. */

import type { Language } from "../contract";
import { say } from "../i18n";
import { button, h } from "./dom";
import { icon, mark } from "./icons";

export interface HeaderActions {
  switchLanguage: () => void;
  toggleLarge: () => void;
  leave: () => void;
  close: (() => void) | null;
}

export class Header {
  readonly element: HTMLElement;
  private readonly tagline = h("p", { class: "tagline" });
  private readonly language: HTMLButtonElement;
  private readonly large: HTMLButtonElement;
  private readonly leave: HTMLButtonElement;
  private readonly leaveWord = h("span");
  private readonly close: HTMLButtonElement | null;

  constructor(actions: HeaderActions) {
    this.language = button({ class: "tool" }, actions.switchLanguage);
    this.large = button({ class: "tool large" }, actions.toggleLarge);
    this.leave = button({ class: "tool leave" }, actions.leave, icon("leave"), this.leaveWord);
    this.close = actions.close && button({ class: "tool close" }, actions.close, icon("close"));
    this.element = h(
      "header",
      { class: "header" },
      h(
        "div",
        { class: "brand" },
        mark(),
        h("div", {}, h("h2", { class: "name" }, h("span", { lang: "zh-CN" }, "明白"), h("span", { class: "latin" }, "Mingbai")), this.tagline),
      ),
      h("div", { class: "tools" }, this.large, this.language, this.leave, this.close),
    );
  }

  set isLarge(isLarge: boolean) {
    this.large.setAttribute("aria-pressed", String(isLarge));
  }

  speak(language: Language): void {
    const other: Language = language === "zh" ? "en" : "zh";
    this.tagline.textContent = say("tagline", language);
    this.language.textContent = language === "zh" ? "EN" : "中文";
    this.language.lang = other === "zh" ? "zh-CN" : "en";
    name(this.language, say("language", language), say("language_help", language));
    this.large.textContent = say("larger", language);
    this.large.title = say("larger_help", language);
    this.leaveWord.textContent = say("leave", language);
    this.leave.title = say("leave_help", language);
    if (this.close) name(this.close, say("close", language), say("close", language));
  }
}

/** An accessible name that contains what is seen, and a longer help on hover. */
function name(element: HTMLElement, label: string, help: string): void {
  const shown = element.textContent ?? "";
  element.setAttribute("aria-label", shown && !label.includes(shown) ? `${shown} ${label}` : label);
  element.title = help;
}
