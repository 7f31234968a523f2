/** Files on their way: how far each is, and, where one was refused, why and what works. */

import { type Language, MAX_FILE_BYTES } from "../contract";
import type { Conversation } from "../conversation";
import { type Key, say } from "../i18n";
import type { Problem } from "../transport";
import { button, h } from "./dom";

export class Uploads {
  readonly element = h("div", { class: "uploads" });
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly conversation: Pick<Conversation, "sendFile" | "announceFiles">,
    private readonly language: () => Language,
  ) {}

  /** One after another, also when more are chosen meanwhile; the assistant answers once, after the last. */
  send(files: File[]): Promise<void> {
    const rows = files.map((file) => ({ file, row: this.row(file) }));
    this.turn = this.turn.then(async () => {
      let kept = 0;
      for (const { file, row } of rows) if (await this.sendOne(file, row)) kept += 1;
      if (kept) this.conversation.announceFiles(say("sent_files", this.language()));
    });
    return this.turn;
  }

  clear(): void {
    this.element.replaceChildren();
  }

  private row(file: File): HTMLElement {
    const row = h("div", { class: "upload" }, h("p", { class: "name", role: "status" }, this.words("uploading", file)));
    row.append(h("progress", { max: 1, value: 0, "aria-label": this.words("uploading", file) }));
    this.element.append(row);
    return row;
  }

  private async sendOne(file: File, row: HTMLElement): Promise<boolean> {
    const known: Key | null = file.size === 0 ? "file_empty" : file.size > MAX_FILE_BYTES ? "file_too_large" : null;
    if (known) {
      this.refuse(file, row, say(known, this.language()));
      return false;
    }
    const bar = row.querySelector("progress");
    const problem = await this.conversation.sendFile(file, (share) => bar?.setAttribute("value", String(share)));
    if (problem) this.refuse(file, row, this.reason(problem));
    else row.remove();
    return !problem;
  }

  private reason(problem: Problem): string {
    return problem.detail || say(problem.status === 0 ? "file_offline" : "file_failed", this.language());
  }

  private refuse(file: File, row: HTMLElement, why: string): void {
    row.classList.add("refused");
    const away = button({ class: "dismiss" }, () => row.remove(), say("dismiss", this.language()));
    const told = h("div", { role: "alert" }, h("p", { class: "name" }, this.words("not_uploaded", file)), h("p", {}, why));
    row.replaceChildren(told, away);
  }

  private words(key: Key, file: File): string {
    return say(key, this.language()).replace("{name}", () => file.name);
  }
}
