/** A server and a screen in memory. */

import type { Language, Message, Said, Session } from "../src/contract";
import type { Listener, Trouble } from "../src/listener";
import { wordsOf } from "../src/said";
import type { ServerEvent } from "../src/sse";
import { ChatClient, type Opened, Problem } from "../src/transport";

export const flush = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

export function message(id: string, text = id, author: Message["author"] = "bot"): Message {
  return { id, author, text, buttons: [], card: null, created_at: "" };
}

/** A server in memory, answering as told. */
export class FakeServer extends ChatClient {
  opened = 0;
  said: Said[] = [];
  answers: (Message[] | Problem | Promise<Message[]>)[] = [];
  kept: Message[] = [];
  historyProblem: Problem | null = null;
  openProblem: Problem | null = null;
  forgotten: string[] = [];
  isAway = false;
  streams: { push: (event: ServerEvent) => void; end: (error?: Error) => void; after: string }[] = [];

  constructor() {
    super("");
  }

  override async open(language: Language | null): Promise<Opened> {
    this.reach();
    if (this.openProblem) throw this.openProblem;
    this.opened += 1;
    const id = `c${this.opened}`;
    return { session: { id, token: "t", language: language ?? "zh" }, messages: [message(`${id}-hello`)] };
  }

  override async say(_session: Session, said: Said): Promise<Message[]> {
    this.reach();
    this.said.push(said);
    const answer = await (this.answers.shift() ?? [message(`a${this.said.length}`)]);
    if (answer instanceof Problem) throw answer;
    return answer;
  }

  override async history(_session: Session, after = ""): Promise<Message[]> {
    this.reach();
    if (this.historyProblem) throw this.historyProblem;
    return this.kept.slice(this.kept.findIndex(({ id }) => id === after) + 1);
  }

  override async forget(session: Session): Promise<void> {
    this.reach();
    this.forgotten.push(session.id);
  }

  private reach(): void {
    if (this.isAway) throw new Problem(0);
  }

  override async *events(_session: Session, after: string, signal: AbortSignal, onOpen: () => void): AsyncGenerator<ServerEvent> {
    const queue: (ServerEvent | Error | null)[] = [];
    let wake = (): void => undefined;
    const put = (item: ServerEvent | Error | null): void => {
      queue.push(item);
      wake();
    };
    signal.addEventListener("abort", () => put(null));
    this.streams.push({ after, push: put, end: (error) => put(error ?? null) });
    onOpen();
    for (;;) {
      while (!queue.length) await new Promise<void>((resolve) => (wake = resolve));
      const item = queue.shift();
      if (item instanceof Error) throw item;
      if (!item) return;
      yield item;
    }
  }
}

export class Screen implements Listener {
  shown: string[] = [];
  resets: string[] = [];
  box = "";
  waiting: string[] = [];
  waitingSaid: Said[] = [];
  typing = false;
  trouble: Trouble | null = null;
  language: Language = "zh";

  onReset(reason: string): void {
    this.resets.push(reason);
    this.shown = [];
  }
  onLanguage(language: Language): void {
    this.language = language;
  }
  onMessages(messages: Message[]): void {
    this.shown.push(...messages.map(({ author, text }) => (author === "user" ? `> ${text}` : text)));
  }
  onSaid(said: Said): void {
    this.shown.push(`> ${"text" in said ? said.text : said.title}`);
  }
  onWithdrawn(said: Said): void {
    this.shown.pop();
    if ("text" in said) this.box = said.text;
  }
  onUnsaid(): void {
    this.shown.pop();
  }
  onWaiting(waiting: Said[]): void {
    this.waiting = waiting.map(wordsOf);
    this.waitingSaid = waiting;
  }
  onWords(text: string): void {
    this.box = [this.box, text].filter(Boolean).join("\n");
  }
  onTaken(): void {
    this.box = "";
  }
  onTyping(isTyping: boolean): void {
    this.typing = isTyping;
  }
  onTrouble(trouble: Trouble | null): void {
    this.trouble = trouble;
  }
}
