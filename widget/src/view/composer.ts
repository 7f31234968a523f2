/** Where one writes: grows with its text, Enter sends, Shift+Enter breaks the line. */

import { FILE_TYPES, type Language } from "../contract";
import { say } from "../i18n";
import { button, h } from "./dom";
import { icon } from "./icons";

export class Composer {
  readonly element: HTMLFormElement;
  private canAttach = false;
  private readonly label = h("label", { for: "input", class: "hidden" });
  private readonly input = h("textarea", { id: "input", rows: 1, enterkeyhint: "send", autocomplete: "off" });
  /** The same text behind the input: it gives the height, without a style attribute. */
  private readonly mirror = h("div", { class: "mirror", "aria-hidden": "true" });
  private readonly button = h("button", { class: "send" }, icon("send"));
  private readonly chooser = h("input", { type: "file", class: "chooser", multiple: true, accept: FILE_TYPES, tabindex: -1, "aria-hidden": "true" });
  private readonly attach = button({ class: "attach" }, () => this.choose(), icon("attach"));

  constructor(
    private readonly onSend: (text: string) => boolean,
    private readonly onFiles: (files: File[]) => void,
    private readonly onChange: (text: string) => void = () => undefined,
  ) {
    const box = h("div", { class: "box" }, this.mirror, this.input);
    this.element = h("form", { class: "composer" }, this.label, this.attach, this.chooser, box, this.button);
    this.chooser.addEventListener("change", () => {
      const files = Array.from(this.chooser.files ?? []);
      // Emptied, so that the same file can be chosen again.
      this.chooser.value = "";
      if (files.length) this.onFiles(files);
    });
    this.input.addEventListener("paste", (event) => {
      const files = Array.from(event.clipboardData?.files ?? []);
      if (!files.length || !this.canAttach) return;
      event.preventDefault();
      this.onFiles(files);
    });
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener("input", () => this.grow());
    this.input.addEventListener("keydown", (event) => {
      // While an input method composes, Enter chooses a word. Safari tells only by the key code.
      const isComposing = event.isComposing || event.keyCode === 229;
      if (event.key !== "Enter" || event.shiftKey || isComposing) return;
      event.preventDefault();
      this.submit();
    });
  }

  get text(): string {
    return this.input.value;
  }

  set text(text: string) {
    this.input.value = text;
    this.grow();
  }

  set isBusy(isBusy: boolean) {
    // Not `disabled`: that would throw the focus away.
    this.button.setAttribute("aria-disabled", String(isBusy));
  }

  set isOpen(isOpen: boolean) {
    this.canAttach = isOpen;
    this.attach.setAttribute("aria-disabled", String(!isOpen));
  }

  focus(): void {
    this.input.focus();
  }

  speak(language: Language): void {
    this.label.textContent = say("input", language);
    this.input.placeholder = say("placeholder", language);
    this.button.setAttribute("aria-label", say("send", language));
    this.button.title = say("send", language);
    this.attach.setAttribute("aria-label", say("attach", language));
    this.attach.title = say("attach", language);
  }

  private choose(): void {
    if (this.canAttach) this.chooser.click();
  }

  private submit(): void {
    const text = this.text;
    if (text.trim() === "") {
      this.focus();
      return;
    }
    // Emptied first: a failure may put the words back before we return.
    this.text = "";
    if (!this.onSend(text)) this.text = text;
  }

  private grow(): void {
    this.mirror.textContent = `${this.input.value}\n`;
    this.onChange(this.input.value);
  }
}
