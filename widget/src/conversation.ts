/** One conversation from the person's side: open or resume, one turn at a time, nothing lost, nothing said twice. */

import { type Content, type Language, type Message, type Said, type Session, isRecord, readMessage } from "./contract";
import type { Memory } from "./session";
import type { ServerEvent } from "./sse";
import { type ChatClient, Problem } from "./transport";

/** `opening`: there is no conversation yet. `saying`: `said` was not taken and waits to be sent again. */
export type Trouble =
  | { kind: "opening" | "forgetting"; problem: Problem }
  | { kind: "saying"; problem: Problem; said: Said };

/** How messages came: kept from before, as the answer to what was just said, or by themselves. */
export type Arrival = "history" | "answer" | "pushed";

export interface Listener {
  onReset(reason: "new" | "gone" | "forgotten"): void;
  onLanguage(language: Language): void;
  onMessages(messages: Message[], arrival: Arrival): void;
  /** Shown at once, before the server has taken it. */
  onSaid(said: Said): void;
  /** It was not taken: what was shown goes back to where it can be sent from. */
  onWithdrawn(said: Said): void;
  /** It turns out that it had been taken after all. */
  onTaken(said: Said): void;
  onTyping(isTyping: boolean): void;
  onTrouble(trouble: Trouble | null): void;
}

export type Pause = (milliseconds: number, signal: AbortSignal) => Promise<void>;

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

export class Conversation {
  private session: Session | null = null;
  private seen = new Set<string>();
  private lastId = "";
  private turn: Said | null = null;
  private failed: Said | null = null;
  private serverIsTyping = false;
  private nextLanguage: Language | null = null;
  private nextFiles: Content | null = null;
  private listening = new AbortController();

  constructor(
    private readonly client: ChatClient,
    private readonly memory: Memory,
    private readonly listener: Listener,
    private readonly pause: Pause = sleepOrOnline,
    private readonly newId: () => string = randomId,
  ) {}

  get isOpen(): boolean {
    return this.session !== null;
  }

  get isBusy(): boolean {
    return this.turn !== null;
  }

  /** Go on where this browser left off, or begin. */
  async start(language: Language | null): Promise<void> {
    const kept = this.memory.session;
    this.listener.onTrouble(null);
    this.listener.onTyping(true);
    try {
      if (kept) await this.resume(kept);
      else await this.begin(language, "new");
    } catch (error) {
      const problem = asProblem(error);
      if (kept && problem.isGone) await this.beginAgain(kept.language, "gone");
      else this.listener.onTrouble({ kind: "opening", problem });
    } finally {
      this.showTyping();
    }
  }

  /** False when it cannot be taken now: there is no conversation, or the last turn is not over. */
  say(content: Content): boolean {
    if (!this.session || this.turn) return false;
    const isSame = this.failed !== null && saysSame(this.failed, content);
    const said = isSame && this.failed ? this.failed : { ...content, clientMessageId: this.newId() };
    void this.deliver(this.session, said);
    return true;
  }

  /** Send what was not taken once more, under the same id: if the server had taken it, nothing happens twice. */
  retry(): boolean {
    if (!this.session || this.turn || !this.failed) return false;
    void this.deliver(this.session, this.failed);
    return true;
  }

  /** Keep one file; null when it is kept, else why not. Nothing else is touched by a refusal. */
  async sendFile(file: File, onProgress: (share: number) => void): Promise<Problem | null> {
    if (!this.session) return new Problem(0);
    try {
      await this.client.sendFile(this.session, file, onProgress);
      return null;
    } catch (error) {
      return asProblem(error);
    }
  }

  /** After the last of them: the assistant says what becomes of what was kept, at once or after the turn. */
  announceFiles(title: string): void {
    const content: Content = { files: true, title };
    if (this.turn) this.nextFiles = content;
    else this.say(content);
  }

  /** Said at once, or as soon as the turn is over. */
  chooseLanguage(language: Language): void {
    if (!this.session) return;
    this.remember({ ...this.session, language });
    if (this.turn) this.nextLanguage = language;
    else this.say(languageButton(language));
  }

  /** Forget everywhere, then begin anew. */
  async forget(): Promise<void> {
    const session = this.session;
    if (!session) return;
    // Else the stream would report what we do ourselves.
    this.stop();
    try {
      await this.client.forget(session);
    } catch (error) {
      const problem = asProblem(error);
      if (!problem.isGone) {
        this.listen(session);
        this.listener.onTrouble({ kind: "forgetting", problem });
        return;
      }
    }
    await this.beginAgain(session.language, "forgotten");
  }

  /** Leave nothing behind, and wait for nothing. */
  leave(): void {
    const session = this.session ?? this.memory.session;
    this.stop();
    this.memory.clear();
    this.session = null;
    if (session) void this.client.forget(session).catch(() => undefined);
  }

  stop(): void {
    this.listening.abort();
  }

  private async resume(session: Session): Promise<void> {
    const messages = await this.client.history(session);
    this.adopt(session);
    this.listener.onLanguage(session.language);
    this.receive(messages, "history");
    this.listen(session);
  }

  private async begin(language: Language | null, reason: "new" | "gone" | "forgotten"): Promise<void> {
    const { session, messages } = await this.client.open(language);
    this.adopt(session);
    this.listener.onReset(reason);
    this.listener.onLanguage(session.language);
    this.receive(messages, "answer");
    this.listen(session);
  }

  private async beginAgain(language: Language, reason: "gone" | "forgotten"): Promise<void> {
    this.stop();
    this.memory.session = null;
    this.session = null;
    try {
      await this.begin(language, reason);
    } catch (error) {
      this.listener.onReset(reason);
      this.listener.onTrouble({ kind: "opening", problem: asProblem(error) });
    }
  }

  private adopt(session: Session): void {
    this.stop();
    this.remember(session);
    this.seen = new Set();
    this.lastId = "";
    this.turn = null;
    this.failed = null;
    this.serverIsTyping = false;
    this.nextLanguage = null;
    this.nextFiles = null;
  }

  private remember(session: Session): void {
    this.session = session;
    this.memory.session = session;
  }

  private async deliver(session: Session, said: Said): Promise<void> {
    this.turn = said;
    this.failed = null;
    this.listener.onTrouble(null);
    this.listener.onSaid(said);
    this.showTyping();
    try {
      const messages = await this.client.say(session, said);
      if (this.turn !== said) return;
      this.turn = null;
      this.serverIsTyping = false;
      this.receive(messages, "answer");
    } catch (error) {
      if (this.turn !== said) return;
      const problem = asProblem(error);
      this.turn = null;
      this.listener.onWithdrawn(said);
      if (problem.isGone) {
        await this.beginAgain(session.language, "gone");
      } else {
        this.failed = said;
        this.listener.onTrouble({ kind: "saying", problem, said });
      }
    } finally {
      this.showTyping();
      this.sayNextLanguage();
      this.sayNextFiles();
    }
  }

  private sayNextFiles(): void {
    const content = this.nextFiles;
    if (!content || this.turn || this.failed) return;
    this.nextFiles = null;
    this.say(content);
  }

  private sayNextLanguage(): void {
    const language = this.nextLanguage;
    if (!language || this.turn || this.failed) return;
    this.nextLanguage = null;
    this.say(languageButton(language));
  }

  private receive(messages: Message[], arrival: Arrival): void {
    const fresh = messages.filter((message) => !this.seen.has(message.id));
    for (const message of fresh) this.seen.add(message.id);
    this.lastId = fresh[fresh.length - 1]?.id ?? this.lastId;
    const shown = fresh.filter((message) => arrival === "history" || !this.isOurOwn(message));
    if (shown.length) this.listener.onMessages(shown, arrival);
  }

  /** What we said ourselves and still show or hold, come back from the server. */
  private isOurOwn(message: Message): boolean {
    if (message.author !== "user") return false;
    const failed = this.failed;
    if (failed && wordsOf(failed) === message.text) {
      this.failed = null;
      this.listener.onTaken(failed);
      this.listener.onTrouble(null);
      return false;
    }
    return this.turn !== null && wordsOf(this.turn) === message.text;
  }

  private showTyping(): void {
    this.listener.onTyping(this.turn !== null || this.serverIsTyping);
  }

  private listen(session: Session): void {
    this.listening = new AbortController();
    void this.follow(session, this.listening.signal);
  }

  private async follow(session: Session, signal: AbortSignal): Promise<void> {
    let failures = 0;
    let hasListened = false;
    while (!signal.aborted) {
      try {
        const events = this.client.events(session, this.lastId, signal, () => {
          failures = 0;
          // Whatever was pushed while nobody listened.
          if (hasListened) void this.catchUp(session, signal);
          hasListened = true;
        });
        for await (const event of events) {
          if (signal.aborted) return;
          if (event.event === "gone") throw new Problem(404);
          this.hear(event);
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Problem && error.isGone) {
          await this.beginAgain(session.language, "gone");
          return;
        }
      }
      this.serverIsTyping = false;
      this.showTyping();
      await this.pause(Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS), signal);
      failures += 1;
    }
  }

  private async catchUp(session: Session, signal: AbortSignal): Promise<void> {
    try {
      const messages = await this.client.history(session, this.lastId);
      if (!signal.aborted) this.receive(messages, "pushed");
    } catch {
      // The stream fails too, then, and asks again.
    }
  }

  private hear({ event, data }: ServerEvent): void {
    const content = parse(data);
    if (event === "typing") {
      this.serverIsTyping = isRecord(content) ? content.typing !== false : content !== false;
      this.showTyping();
    } else if (event === "message") {
      const message = readMessage(content);
      if (message?.author === "bot") this.receive([message], "pushed");
    }
  }
}

/** The words of a turn as they stand in the log. */
export function wordsOf(said: Content): string {
  return "text" in said ? said.text : said.title;
}

export function languageButton(language: Language): Content {
  return { payload: `/set_language{"language": "${language}"}`, title: language === "zh" ? "中文" : "English" };
}

function saysSame(said: Said, content: Content): boolean {
  if ("text" in said) return "text" in content && said.text === content.text;
  if ("files" in said) return "files" in content;
  return "payload" in content && said.payload === content.payload;
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

/** `crypto.randomUUID` needs HTTPS; a workshop's own network may not have it. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Waits, but not longer than until the network is back. */
function sleepOrOnline(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}
