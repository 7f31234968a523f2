/** What the person said and the server has not taken, in order, and what stands in the composer. Both outlive the page. */

import type { Content, Said } from "./contract";
import { DraftStore, type Entry } from "./draft";

interface Item {
  said: Said;
  at: number;
  conversation: string;
  /** On the device too: when it is no longer there, another tab has sent it or taken it back. */
  isKept: boolean;
  /** Tried once in vain, or left over from before: it waits for the network. */
  waits: boolean;
}

/** Words for the composer, and what to `release` once they stand there. */
export interface Returned {
  words: string;
  ids: string[];
}

const DRAFT = "draft";
/** Soon enough that a battery takes no more than the last word along. */
const DRAFT_PAUSE_MS = 250;

export class Outbox {
  private items: Item[] = [];
  private lastAt = 0;
  private draft: Entry | null = null;
  /** Looking at an old draft does not make it a new one. */
  private restored: Entry | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly name: string,
    private readonly store = new DraftStore(name),
    private readonly locks: LockManager | null = locksOrNull(),
    private readonly now: () => number = Date.now,
  ) {}

  get isEmpty(): boolean {
    return this.items.length === 0;
  }

  /** What comes next, when it was said to this conversation. */
  firstOf(conversation: string): Said | null {
    const first = this.items[0];
    return first?.conversation === conversation ? first.said : null;
  }

  /** What a person is to see as waiting. */
  get waiting(): Said[] {
    return this.items.filter(({ waits }) => waits).map(({ said }) => said);
  }

  /** Take up what was left over for this conversation; what belongs into the composer comes back. */
  async restore(conversationNow: () => string | null): Promise<Returned> {
    const kept = await this.store.load();
    const conversation = conversationNow();
    const known = new Set(this.items.map(({ said }) => said.clientMessageId));
    const left = kept.filter(({ id }) => id !== DRAFT && !known.has(id));
    const ours = left.filter((entry) => entry.conversation === conversation);
    const others = left.filter((entry) => entry.conversation !== conversation);
    for (const { id, at, content, conversation: whose } of ours) {
      this.items.push({ said: { ...content, clientMessageId: id }, at, conversation: whose, isKept: true, waits: true });
      // Also when the clock of the device was set back since.
      this.lastAt = Math.max(this.lastAt, at);
    }
    this.items.sort((one, other) => one.at - other.at);
    this.restored = kept.find(({ id }) => id === DRAFT) ?? null;
    const said = new Set(this.items.map((item) => wordsIn(item.said)));
    const words = [...others, ...(this.restored ? [this.restored] : [])].map(({ content }) => wordsIn(content));
    return { words: words.filter((text) => text && !said.has(text)).join("\n"), ids: others.map(({ id }) => id) };
  }

  /** Before it is sent, so that nothing is lost when the page is. `waits`: others come first. */
  add(said: Said, conversation: string, waits = false): void {
    this.lastAt = Math.max(this.now(), this.lastAt + 1);
    this.keep({ said, at: this.lastAt, conversation, isKept: false, waits });
  }

  /** Before all that waits: it had been its turn already. */
  addFirst(said: Said, conversation: string): void {
    const next = this.items[0];
    this.keep({ said, at: next ? next.at - 1 : this.now(), conversation, isKept: false, waits: false });
  }

  /** It was not taken, and will be sent by itself. */
  wait(said: Said): void {
    for (const item of this.items) if (item.said === said) item.waits = true;
  }

  /** Taken, refused or taken back. */
  async remove(said: Said): Promise<void> {
    this.items = this.items.filter((item) => item.said !== said);
    await this.store.remove(said.clientMessageId);
  }

  /** Everything at once, for the composer. */
  async takeAll(): Promise<Returned> {
    await this.reconcile();
    const all = this.items.map(({ said }) => said);
    this.items = [];
    return { words: all.map(wordsIn).filter(Boolean).join("\n"), ids: all.map(({ clientMessageId }) => clientMessageId) };
  }

  /** These stand in the composer now. */
  release(ids: string[]): void {
    this.keepNow();
    for (const id of ids) void this.store.remove(id);
  }

  /** Drop what another tab has sent or taken back, and what is too old to be sent unasked. */
  async reconcile(): Promise<void> {
    for (const item of [...this.items]) {
      const isGone = item.isKept && (await this.store.has(item.said.clientMessageId)) === false;
      if (isGone || !this.store.isFresh(item.at)) await this.remove(item.said);
    }
  }

  /** What stands in the composer now. */
  keepDraft(text: string, conversation: string): void {
    const isOld = this.restored !== null && wordsIn(this.restored.content) === text;
    const at = isOld && this.restored ? this.restored.at : this.now();
    this.draft = { id: DRAFT, at, conversation, content: { text } };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keepNow(), DRAFT_PAUSE_MS);
  }

  /** The page may be closed next. */
  keepNow(): void {
    clearTimeout(this.timer);
    const draft = this.draft;
    this.draft = null;
    if (!draft) return;
    void (wordsIn(draft.content).trim() === "" ? this.store.remove(DRAFT) : this.store.put(draft));
  }

  /** Nothing is left here or on the device, nor the key to it. */
  erase(): Promise<void> {
    clearTimeout(this.timer);
    this.draft = this.restored = null;
    this.items = [];
    return this.store.erase();
  }

  /** One tab at a time. `work` does not fail; where there are no locks it just runs. */
  async alone(work: () => Promise<void>): Promise<void> {
    let hasBegun = false;
    const begin = (): Promise<void> => {
      hasBegun = true;
      return work();
    };
    if (!this.locks) return begin();
    try {
      await this.locks.request(`mingbai:${this.name}:send`, begin);
    } catch (error) {
      if (hasBegun) throw error;
      await begin();
    }
  }

  private keep(item: Item): void {
    const { said, conversation } = item;
    this.items = [...this.items, item].sort((one, other) => one.at - other.at);
    const { clientMessageId: id, ...content } = said;
    void this.store.put({ id, at: item.at, conversation, content }).then((isKept) => (item.isKept = isKept));
  }
}

/** What the composer can hold of it: a button stands in the log and can be tapped again. */
function wordsIn(content: Content): string {
  return "text" in content ? content.text : "";
}

function locksOrNull(): LockManager | null {
  return globalThis.navigator?.locks ?? null;
}
