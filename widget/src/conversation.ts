/** One conversation from the person's side: open or resume, one turn at a time, nothing lost, nothing said twice. */

import { type Content, type Language, type Message, type Said, type Session, isRecord, readMessage } from "./contract";
import type { Arrival, Listener } from "./listener";
import type { Outbox } from "./outbox";
import { type Pause, backoff, sleepOrOnline } from "./pause";
import { languageButton, randomId, saysSame, wordsOf } from "./said";
import type { Memory } from "./session";
import type { ServerEvent } from "./sse";
import { type ChatClient, Problem } from "./transport";

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
  /** The latest attempt to open: what an earlier one brings comes too late. */
  private opening = {};
  private isSending = false;
  /** Until this is over, what waits is tried again and again. */
  private retrying: AbortSignal | null = null;
  private isRestored = false;

  constructor(
    private readonly client: ChatClient,
    private readonly memory: Memory,
    private readonly listener: Listener,
    private readonly outbox: Outbox,
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
    this.stop();
    this.listener.onTrouble(null);
    this.listener.onTyping(true);
    if (!this.isRestored) void this.restore();
    const problem = await this.open(language);
    if (problem) this.couldNotOpen(problem, language);
    this.showTyping();
  }

  /** False when it cannot be taken now: there is no conversation, or the last turn is not over. */
  say(content: Content): boolean {
    if (!this.session || this.turn) return false;
    if (this.failed && saysSame(this.failed, content)) return this.retry();
    const said = { ...content, clientMessageId: this.newId() };
    if (this.outbox.isEmpty) {
      this.outbox.add(said, this.session.id);
      this.deliver(this.session, said);
    } else {
      this.failed = null;
      this.listener.onTrouble(null);
      this.outbox.add(said, this.session.id, true);
      this.sendLater();
      void this.sendWaiting();
    }
    return true;
  }

  /** Send what was refused once more, under the same id: if the server had taken it, nothing happens twice. */
  retry(): boolean {
    if (!this.session || this.turn || !this.failed) return false;
    this.outbox.addFirst(this.failed, this.session.id);
    this.deliver(this.session, this.failed);
    return true;
  }

  /** Back into the composer instead of being sent. */
  takeBack(said: Said): void {
    if (this.turn === said) return;
    if ("text" in said) this.listener.onWords(said.text);
    this.outbox.keepNow();
    void this.outbox.remove(said);
    this.listener.onWaiting(this.outbox.waiting);
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
    const erased = this.outbox.erase();
    this.listener.onWaiting([]);
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
    await erased;
    await this.beginAgain(session.language, "forgotten");
  }

  /** Leave nothing behind. What the device kept is gone, or about to be, when this returns; the promise is for who can wait. */
  leave(): Promise<void> {
    const session = this.session ?? this.memory.session;
    const erased = this.outbox.erase();
    this.stop();
    this.memory.clear();
    this.session = null;
    if (session) void this.client.forget(session).catch(() => undefined);
    return erased;
  }

  stop(): void {
    this.listening.abort();
  }

  /** Show what was left over when the page was closed; whether something is to be sent. */
  async restore(): Promise<boolean> {
    this.isRestored = true;
    const { words, ids } = await this.outbox.restore(() => this.memory.session?.id ?? null);
    this.giveBack(words, ids);
    this.sendLater();
    void this.sendWaiting();
    return !this.outbox.isEmpty;
  }

  private giveBack(words: string, ids: string[]): void {
    if (words) this.listener.onWords(words);
    this.outbox.release(ids);
  }

  /** Why it could not be opened; null when it is open. */
  private async open(language: Language | null): Promise<Problem | null> {
    const kept = this.memory.session;
    try {
      if (kept) await this.resume(kept);
      else await this.begin(language, "new");
      this.listener.onTrouble(null);
      return null;
    } catch (error) {
      const problem = asProblem(error);
      if (!kept || !problem.isGone) return problem;
      await this.beginAgain(kept.language, "gone");
      return null;
    }
  }

  private couldNotOpen(problem: Problem, language: Language | null): void {
    this.listener.onTrouble({ kind: "opening", problem });
    if (problem.status === 0) void this.openLater(language);
  }

  /** Quietly, until it works or the person tries. */
  private async openLater(language: Language | null): Promise<void> {
    const { signal } = (this.listening = new AbortController());
    for (let failures = 0; ; failures += 1) {
      await this.pause(backoff(failures), signal);
      if (signal.aborted) return;
      const problem = await this.open(language);
      if (problem?.status === 0) continue;
      if (problem && !signal.aborted) this.couldNotOpen(problem, language);
      this.showTyping();
      return;
    }
  }

  private async resume(session: Session): Promise<void> {
    const mine = (this.opening = {});
    const messages = await this.client.history(session);
    if (this.opening !== mine) return;
    this.adopt(session);
    this.listener.onLanguage(session.language);
    this.receive(messages, "history");
    this.listen(session);
  }

  private async begin(language: Language | null, reason: "new" | "gone" | "forgotten"): Promise<void> {
    const mine = (this.opening = {});
    const { session, messages } = await this.client.open(language);
    if (this.opening !== mine) return;
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
    this.turn = null;
    // Said to a conversation that is gone: whether it is to be said to another one, the person decides.
    const { words, ids } = await this.outbox.takeAll();
    try {
      await this.begin(language, reason);
    } catch (error) {
      this.listener.onReset(reason);
      this.couldNotOpen(asProblem(error), language);
    }
    this.listener.onWaiting([]);
    this.giveBack(words, ids);
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

  private deliver(session: Session, said: Said): void {
    this.announce(said);
    void this.outbox.alone(() => this.transmit(session, said));
  }

  private announce(said: Said): void {
    this.turn = said;
    this.failed = null;
    this.listener.onTrouble(null);
    this.listener.onWaiting(this.outbox.waiting.filter((waiting) => waiting !== said));
    this.listener.onSaid(said);
    this.showTyping();
  }

  private async transmit(session: Session, said: Said): Promise<void> {
    const known = new Set(this.seen);
    try {
      const messages = await this.client.say(session, said);
      if (this.turn === said) {
        this.turn = null;
        this.serverIsTyping = false;
        // Answered before, but the answer had been lost on the way: it stands in the log already.
        if (messages.length > 0 && messages.every(({ id }) => known.has(id))) this.listener.onUnsaid();
        this.receive(messages, "answer");
      }
      await this.outbox.remove(said);
      void this.sendWaiting();
    } catch (error) {
      if (this.turn === said) await this.fail(session, said, asProblem(error));
      // Opened anew meanwhile.
      else this.outbox.wait(said);
    }
    this.showTyping();
    this.sayNextLanguage();
    this.sayNextFiles();
  }

  private async fail(session: Session, said: Said, problem: Problem): Promise<void> {
    this.turn = null;
    if (problem.isGone) {
      this.listener.onUnsaid();
      await this.beginAgain(session.language, "gone");
    } else if (problem.status === 0 || (this.outbox.waiting.includes(said) && problem.isPassing)) {
      this.listener.onUnsaid();
      this.outbox.wait(said);
      this.sendLater();
    } else {
      this.listener.onWithdrawn(said);
      this.failed = said;
      this.listener.onTrouble({ kind: "saying", problem, said });
      this.listener.onWaiting(this.outbox.waiting.filter((waiting) => waiting !== said));
      await this.outbox.remove(said);
    }
  }

  /** Now, and again when the network is back or after a while, until nothing waits. */
  private sendLater(): void {
    this.listener.onWaiting(this.outbox.waiting);
    if (this.retrying && !this.retrying.aborted) return;
    void this.retryUntilSent(this.listening.signal);
  }

  private async retryUntilSent(signal: AbortSignal): Promise<void> {
    this.retrying = signal;
    for (let failures = 0; this.session && !this.outbox.isEmpty && !signal.aborted; failures += 1) {
      await this.pause(backoff(failures), signal);
      if (!signal.aborted) await this.sendWaiting();
    }
    if (this.retrying === signal) this.retrying = null;
  }

  /** All that waits, in order, once the server can be reached; only one tab does it. */
  private async sendWaiting(): Promise<void> {
    if (this.isSending || this.outbox.isEmpty) return;
    this.isSending = true;
    try {
      await this.outbox.alone(async () => {
        while (await this.sendFirst());
      });
    } finally {
      this.isSending = false;
    }
  }

  private async sendFirst(): Promise<boolean> {
    await this.outbox.reconcile();
    const session = this.session;
    if (!session || this.turn || this.failed) return false;
    this.listener.onWaiting(this.outbox.waiting);
    try {
      // What another tab said, or what was taken although we never heard so, comes first; and nothing flickers in vain.
      this.receive(await this.client.history(session, this.lastId), "pushed");
    } catch (error) {
      if (asProblem(error).isGone) await this.beginAgain(session.language, "gone");
      return false;
    }
    const said = this.outbox.firstOf(session.id);
    if (!said || this.session?.id !== session.id || this.turn) return false;
    this.announce(said);
    await this.transmit(session, said);
    return this.outbox.firstOf(session.id) !== said;
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
    if (this.outbox.isEmpty) return;
    this.sendLater();
    void this.sendWaiting();
  }

  private async follow(session: Session, signal: AbortSignal): Promise<void> {
    let failures = 0;
    let hasListened = false;
    while (!signal.aborted) {
      try {
        const events = this.client.events(session, this.lastId, signal, () => {
          failures = 0;
          // Whatever was pushed while nobody listened.
          if (hasListened) void this.catchUp(session, signal).then(() => this.sendWaiting());
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
      await this.pause(backoff(failures), signal);
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
