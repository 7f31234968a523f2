/** `<mingbai-chat>`: puts the parts together and shows what the conversation reports. */

import { Conversation } from "./conversation";
import type { Button, Language, Message, Said } from "./contract";
import { HTML_LANG, fromLocale, say } from "./i18n";
import type { Arrival, Listener, Trouble } from "./listener";
import { Outbox } from "./outbox";
import { wordsOf } from "./said";
import { Memory } from "./session";
import styles from "./styles.css?inline";
import { ChatClient } from "./transport";
import { aside } from "./view/aside";
import { Composer } from "./view/composer";
import { button, h } from "./view/dom";
import { Header } from "./view/header";
import { mark } from "./view/icons";
import { messageView, ownWords, remark } from "./view/message";
import { Uploads } from "./view/uploads";
import { Waiting } from "./view/waiting";

/** Where this script came from: its origin is the server's, unless an attribute says otherwise. */
const SCRIPT_URL = (
  (document.currentScript as HTMLScriptElement | null) ??
  // Loaded as a module, a script does not know its own tag.
  document.querySelector<HTMLScriptElement>('script[src$="/mingbai.js"]')
)?.src ?? "";

/** How long a person who leaves, and sees an empty page already, waits for the device to say that all is erased. */
const ERASING_PATIENCE_MS = 150;

/**
 * Attributes: `mode="floating"` for a launcher in the corner of somebody's page (the default fills its box);
 * `data-base-url` for another server than the script's own; `language` (zh, en) and `size="large"` to begin with.
 */
export class MingbaiChat extends HTMLElement implements Listener {
  private readonly root = this.attachShadow({ mode: "open" });
  private isBuilt = false;
  private isStarted = false;
  private language: Language = "zh";
  private memory!: Memory;
  private outbox!: Outbox;
  private conversation!: Conversation;

  private frame!: HTMLElement;
  private panel!: HTMLElement;
  private side: HTMLElement | null = null;
  private header!: Header;
  private log!: HTMLElement;
  private typing!: HTMLElement;
  private notice!: HTMLElement;
  private composer!: Composer;
  private uploads!: Uploads;
  private waiting!: Waiting;
  private privacy!: HTMLElement;
  private forgetting!: HTMLButtonElement;
  private launcher: HTMLButtonElement | null = null;
  private pending: HTMLElement | null = null;

  private get isFloating(): boolean {
    return this.getAttribute("mode") === "floating";
  }

  connectedCallback(): void {
    document.addEventListener("visibilitychange", this.keepDraft);
    window.addEventListener("pagehide", this.keepDraft);
    if (this.isBuilt) {
      if (this.isStarted) void this.conversation.start(this.language);
      return;
    }
    this.isBuilt = true;
    const baseUrl = (this.dataset.baseUrl || originOf(SCRIPT_URL) || location.origin).replace(/\/+$/, "");
    this.memory = new Memory(baseUrl);
    this.outbox = new Outbox(baseUrl);
    this.conversation = new Conversation(new ChatClient(baseUrl), this.memory, this, this.outbox);
    this.build();
    this.dress();
    this.speak(this.firstLanguage());
    this.setLarge(this.memory.preferences.large || this.getAttribute("size") === "large");
    // Embedded, nothing is asked of the server before somebody wants to talk.
    if (!this.isFloating) this.begin();
    // Unless something of theirs has been waiting for the network.
    else if (this.memory.session) void this.conversation.restore().then((waits) => waits && !this.isStarted && this.begin());
  }

  disconnectedCallback(): void {
    document.removeEventListener("visibilitychange", this.keepDraft);
    window.removeEventListener("pagehide", this.keepDraft);
    this.keepDraft();
    this.conversation.stop();
  }

  private readonly keepDraft = (): void => this.outbox.keepNow();

  // What the conversation reports.

  onReset(reason: "new" | "gone" | "forgotten"): void {
    this.log.replaceChildren(this.typing);
    this.uploads.clear();
    this.pending = null;
    if (reason !== "new") this.add(remark(say(reason, this.language)));
  }

  onLanguage(language: Language): void {
    this.speak(language);
  }

  onMessages(messages: Message[], arrival: Arrival): void {
    this.pending = null;
    const views = messages.map((message) => messageView(message, this.language, (tapped) => this.tap(tapped)));
    // A whole history is not read out.
    this.log.setAttribute("aria-live", arrival === "history" ? "off" : "polite");
    const wasAtEnd = this.isAtEnd();
    this.add(...views);
    this.markLatestChoices();
    if (arrival === "history") this.log.scrollTop = this.log.scrollHeight;
    // Whoever reads further up is not torn away by what comes by itself.
    else if (arrival === "answer" || wasAtEnd) this.bringUp(this.firstOfTurn(views[0]));
    this.log.setAttribute("aria-live", "polite");
  }

  onSaid(said: Said): void {
    this.pending = ownWords(wordsOf(said), this.language);
    this.add(this.pending);
    this.bringUp(this.pending);
  }

  onUnsaid(): void {
    this.pending?.remove();
    this.pending = null;
  }

  onWithdrawn(said: Said): void {
    this.onUnsaid();
    if ("text" in said && this.composer.text === "") this.composer.text = said.text;
  }

  onWaiting(waiting: Said[]): void {
    this.waiting.show(waiting, this.language);
  }

  onWords(text: string): void {
    const words = [this.composer.text, text].filter((part) => part.trim() !== "");
    if (words[0] !== words[1]) this.composer.text = words.join("\n");
  }

  onTaken(said: Said): void {
    if (this.composer.text === wordsOf(said)) this.composer.text = "";
  }

  onTyping(isTyping: boolean): void {
    this.typing.classList.toggle("on", isTyping);
    const words = say(this.conversation.isOpen ? "typing" : "opening", this.language);
    this.typing.querySelector("[role=status]")?.replaceChildren(...(isTyping ? [words] : []));
    this.composer.isBusy = this.conversation.isBusy || !this.conversation.isOpen;
    this.composer.isOpen = this.conversation.isOpen;
    if (isTyping && this.isAtEnd()) this.log.scrollTop = this.log.scrollHeight;
  }

  onTrouble(trouble: Trouble | null): void {
    if (!trouble) {
      this.showNotice();
      return;
    }
    const { kind, problem } = trouble;
    const fallback = kind === "saying" ? "failed" : "offline_open";
    const words = trouble.kind === "saying" ? wordsOf(trouble.said) : "";
    const held = this.composer.text === words ? "" : words;
    const again = button({ class: "solid" }, () => this.tryAgain(kind, words), say("retry", this.language));
    this.showNotice(
      h("p", {}, problem.detail || say(fallback, this.language)),
      held && h("p", { class: "held" }, h("b", {}, say("unsent", this.language)), held),
      h("div", { class: "actions" }, again),
    );
  }

  // Building.

  private build(): void {
    this.header = new Header({
      switchLanguage: () => this.switchLanguage(),
      toggleLarge: () => this.toggleLarge(),
      leave: () => this.leave(),
      close: this.isFloating ? () => this.close() : null,
    });
    this.typing = h("div", { class: "typing" }, h("span", { class: "hidden", role: "status" }), h("i"), h("i"), h("i"));
    this.log = h("div", { class: "log", role: "log", "aria-live": "polite", tabindex: 0 }, this.typing);
    this.notice = h("div", { class: "notice", role: "alert" });
    this.uploads = new Uploads(this.conversation, () => this.language);
    this.waiting = new Waiting((said) => {
      this.conversation.takeBack(said);
      this.composer.focus();
    });
    this.composer = new Composer(
      (text) => this.conversation.say({ text }),
      (files) => void this.uploads.send(files),
      (text) => this.outbox.keepDraft(text, this.memory.session?.id ?? ""),
    );
    this.privacy = h("span");
    this.forgetting = button({ class: "link" }, () => this.askToForget());
    this.panel = h(
      "section",
      { class: "panel", role: this.isFloating ? "dialog" : null },
      this.header.element,
      this.log,
      this.notice,
      this.waiting.element,
      this.uploads.element,
      h("footer", { class: "footer" }, this.composer.element, h("p", { class: "small" }, this.privacy, this.forgetting)),
    );
    this.frame = h("div", { class: "frame" }, this.panel);
    if (this.isFloating) {
      this.panel.hidden = true;
      this.launcher = button({ class: "launcher", "aria-expanded": "false" }, () => this.open());
      this.frame.append(this.launcher);
    }
    this.root.append(this.frame);
    this.frame.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** A constructed style sheet passes any Content-Security-Policy; older browsers link to the same sheet as a file. */
  private dress(): void {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(styles);
      this.root.adoptedStyleSheets = [sheet];
    } catch {
      const href = new URL("mingbai.css", SCRIPT_URL || location.href).href;
      this.root.prepend(h("link", { rel: "stylesheet", href }));
    }
  }

  private speak(language: Language): void {
    this.language = language;
    this.frame.lang = HTML_LANG[language];
    this.panel.setAttribute("aria-label", say("panel", language));
    this.log.setAttribute("aria-label", say("log", language));
    this.header.speak(language);
    this.composer.speak(language);
    this.waiting.speak(language);
    this.privacy.textContent = say("privacy", language);
    this.forgetting.textContent = say("forget", language);
    this.launcher?.replaceChildren(mark(), h("span", {}, say("launch", language)));
    if (!this.isFloating) {
      const side = aside(language);
      if (this.side) this.side.replaceWith(side);
      else this.frame.prepend(side);
      this.side = side;
    }
  }

  private firstLanguage(): Language {
    const kept = this.memory.session?.language ?? this.memory.preferences.language;
    return kept ?? fromLocale(this.getAttribute("language") ?? "") ?? fromLocale(navigator.language) ?? "zh";
  }

  private begin(): void {
    this.isStarted = true;
    void this.conversation.start(this.language);
  }

  // What the person does.

  private tap({ title, payload }: Button): void {
    this.conversation.say({ title, payload });
  }

  private tryAgain(kind: Trouble["kind"], words: string): void {
    if (kind === "opening") void this.conversation.start(this.language);
    else if (kind === "forgetting") void this.conversation.forget();
    else if (this.conversation.retry() && this.composer.text === words) this.composer.text = "";
  }

  private switchLanguage(): void {
    const language: Language = this.language === "zh" ? "en" : "zh";
    this.speak(language);
    this.memory.preferences = { ...this.memory.preferences, language };
    this.conversation.chooseLanguage(language);
  }

  private toggleLarge(): void {
    const large = !this.frame.classList.contains("large");
    this.setLarge(large);
    this.memory.preferences = { ...this.memory.preferences, large };
  }

  private setLarge(large: boolean): void {
    this.frame.classList.toggle("large", large);
    this.header.isLarge = large;
  }

  private askToForget(): void {
    if (!this.conversation.isOpen) return;
    const no = button({ class: "quiet" }, () => {
      this.showNotice();
      this.forgetting.focus();
    }, say("forget_no", this.language));
    const yes = button({ class: "solid" }, () => {
      this.showNotice();
      this.composer.text = "";
      void this.conversation.forget();
      this.composer.focus();
    }, say("forget_yes", this.language));
    this.showNotice(h("p", {}, say("forget_ask", this.language)), h("div", { class: "actions" }, yes, no));
    no.focus();
  }

  /** Nothing stays on the screen, in the page's history or in this browser. */
  private leave(): void {
    const erased = this.conversation.leave();
    this.frame.replaceChildren();
    const late = new Promise<void>((resolve) => setTimeout(resolve, ERASING_PATIENCE_MS));
    void Promise.race([erased, late]).then(() => location.replace("about:blank"));
  }

  private open(): void {
    this.panel.hidden = false;
    this.frame.classList.add("open");
    this.launcher?.setAttribute("aria-expanded", "true");
    if (!this.isStarted) this.begin();
    this.composer.focus();
  }

  private close(): void {
    this.panel.hidden = true;
    this.frame.classList.remove("open");
    this.launcher?.setAttribute("aria-expanded", "false");
    this.launcher?.focus();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Escape" && this.isFloating && !this.panel.hidden && !event.isComposing) {
      this.close();
    } else if (event.key === "F6") {
      event.preventDefault();
      if (this.root.activeElement?.closest(".footer")) this.log.focus();
      else this.composer.focus();
    }
  }

  // What is seen.

  private showNotice(...content: (HTMLElement | string)[]): void {
    this.notice.replaceChildren(...content.filter((part) => part !== ""));
  }

  private add(...views: HTMLElement[]): void {
    for (const view of views) this.log.insertBefore(view, this.typing);
  }

  /** The latest choices stand out; earlier ones still work, quietly. */
  private markLatestChoices(): void {
    const choices = this.log.querySelectorAll(".choices");
    choices.forEach((choice, at) => choice.classList.toggle("latest", at === choices.length - 1));
  }

  private isAtEnd(): boolean {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 120;
  }

  /** What was asked stays in sight above its answer. */
  private firstOfTurn(first: HTMLElement | undefined): HTMLElement | undefined {
    const before = first?.previousElementSibling;
    return before instanceof HTMLElement && before.classList.contains("user") && before.offsetHeight < 160 ? before : first;
  }

  private bringUp(view: HTMLElement | undefined): void {
    if (view) this.log.scrollTop = view.offsetTop - this.log.offsetTop - 12;
  }
}

function originOf(url: string): string {
  try {
    return new URL(url).origin;
  } catch {
    return "";
  }
}
