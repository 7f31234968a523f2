import { beforeEach, describe, expect, it, vi } from "vitest";

import zh from "../i18n/zh.json";
import type { Said } from "../src/contract";
import { Conversation } from "../src/conversation";
import { DraftStore, LONGEST_KEPT_MS } from "../src/draft";
import { Outbox } from "../src/outbox";
import { Memory } from "../src/session";
import { Problem } from "../src/transport";
import { Waiting } from "../src/view/waiting";
import { FakeServer, Screen, message } from "./fakes";
import { FakeIndexedDB } from "./indexeddb";

const BASE = "https://mingbai.example";

/** WebCrypto answers from other threads, so we count what they still owe. */
let owed = 0;

function counted<G extends unknown[], A>(work: (...given: G) => Promise<A>): (...given: G) => Promise<A> {
  return (...given) => {
    owed += 1;
    return work(...given).finally(() => (owed -= 1));
  };
}

const subtle = {
  generateKey: counted((...given: Parameters<SubtleCrypto["generateKey"]>) => crypto.subtle.generateKey(...given)),
  encrypt: counted((...given: Parameters<SubtleCrypto["encrypt"]>) => crypto.subtle.encrypt(...given)),
  decrypt: counted((...given: Parameters<SubtleCrypto["decrypt"]>) => crypto.subtle.decrypt(...given)),
} as SubtleCrypto;

/** Until nothing more happens by itself. */
const settle = async (): Promise<void> => {
  for (let quiet = 0; quiet < 10; quiet = owed ? 0 : quiet + 1) await new Promise((resolve) => setImmediate(resolve));
};

/** One tab at a time, over all the tabs of a test. */
class FakeLocks {
  private last: Promise<unknown> = Promise.resolve();
  request<T>(_: string, work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }
}

/** One page of the browser: its screen and its conversation. */
class Tab {
  readonly screen = new Screen();
  readonly outbox: Outbox;
  readonly conversation: Conversation;
  private pauses: (() => void)[] = [];
  private static ids = 0;

  constructor(locks: FakeLocks | null = new FakeLocks()) {
    const clock = (): number => now;
    const store = new DraftStore(BASE, subtle, disk.factory, clock);
    this.outbox = new Outbox(BASE, store, locks as unknown as LockManager, clock);
    const pause = (): Promise<void> => new Promise((resolve) => this.pauses.push(resolve));
    const newId = (): string => `id${(Tab.ids += 1)}`;
    this.conversation = new Conversation(server, memory, this.screen, this.outbox, pause, newId);
  }

  async start(): Promise<this> {
    await this.conversation.start("zh");
    await settle();
    return this;
  }

  async say(text: string): Promise<void> {
    expect(this.conversation.say({ text })).toBe(true);
    await settle();
  }

  /** The network is back, or a while is over. */
  async online(): Promise<void> {
    for (const over of this.pauses.splice(0)) over();
    await settle();
  }

  /** The battery is dead. */
  die(): void {
    this.conversation.stop();
  }
}

let server: FakeServer;
let memory: Memory;
let disk: FakeIndexedDB;
let now: number;

const texts = (said: Said[]): string[] => said.map((one) => ("text" in one ? one.text : one.title));
const ids = (said: Said[]): Set<string> => new Set(said.map(({ clientMessageId }) => clientMessageId));
const onDisk = (): string[] => disk.ids(`mingbai:${BASE}`);

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  server = new FakeServer();
  memory = new Memory(BASE);
  disk = new FakeIndexedDB();
  now = 1_800_000_000_000;
});

describe("without a network", () => {
  it("keeps what was said and sends it by itself, once and in order", async () => {
    const tab = await new Tab().start();
    server.isAway = true;
    await tab.say("一");
    await tab.say("二");
    expect(tab.screen).toMatchObject({ waiting: ["一", "二"], shown: ["c1-hello"], trouble: null, box: "" });
    await tab.online();
    expect(tab.screen.waiting).toEqual(["一", "二"]);
    server.isAway = false;
    await tab.online();
    expect(texts(server.said)).toEqual(["一", "二"]);
    expect(tab.screen).toMatchObject({ waiting: [], shown: ["c1-hello", "> 一", "a1", "> 二", "a2"] });
    expect(onDisk()).toEqual(["key"]);
    await tab.online();
    expect(server.said).toHaveLength(2);
  });

  it("sends after the page was closed what was said before, under the same id", async () => {
    const before = await new Tab().start();
    let lose = (_: Problem): void => undefined;
    server.answers = [new Promise((_, reject) => (lose = reject))];
    await before.say("借一万");
    before.die();
    lose(new Problem(0));
    server.isAway = true;
    const after = await new Tab().start();
    expect(after.screen).toMatchObject({ waiting: ["借一万"], trouble: { kind: "opening" } });
    server.isAway = false;
    await after.online();
    expect(texts(server.said)).toEqual(["借一万", "借一万"]);
    expect(ids(server.said).size).toBe(1);
    expect(after.screen).toMatchObject({ waiting: [], trouble: null });
    expect(server.opened).toBe(1);
  });

  it("does not show twice what the server had taken although nobody heard so", async () => {
    const tab = await new Tab().start();
    server.answers = [new Problem(0)];
    await tab.say("借一万");
    server.kept = [message("c1-hello"), message("u1", "借一万", "user"), message("b1")];
    server.answers = [[message("b1")]];
    await tab.online();
    expect(tab.screen).toMatchObject({ waiting: [], shown: ["c1-hello", "> 借一万", "b1"] });
    expect(ids(server.said).size).toBe(1);
  });

  it("goes on waiting while the server is only overburdened", async () => {
    const tab = await new Tab().start();
    server.isAway = true;
    await tab.say("一");
    server.isAway = false;
    server.answers = [new Problem(503)];
    await tab.online();
    expect(tab.screen).toMatchObject({ waiting: ["一"], trouble: null });
    await tab.online();
    expect(tab.screen.shown).toEqual(["c1-hello", "> 一", "a2"]);
  });

  it("gives back what the server refuses, and keeps the rest until that is settled", async () => {
    const tab = await new Tab().start();
    server.isAway = true;
    await tab.say("太长");
    await tab.say("二");
    server.isAway = false;
    server.answers = [new Problem(422)];
    await tab.online();
    await tab.online();
    expect(tab.screen).toMatchObject({ box: "太长", waiting: ["二"], trouble: { kind: "saying" } });
    expect(tab.conversation.retry()).toBe(true);
    await settle();
    expect(texts(server.said)).toEqual(["太长", "太长", "二"]);
  });

  it("lets the person take a message back, which then is only a draft", async () => {
    const tab = await new Tab().start();
    server.isAway = true;
    await tab.say("一");
    await tab.say("二");
    const [first] = tab.screen.waitingSaid;
    if (first) tab.conversation.takeBack(first);
    expect(tab.screen).toMatchObject({ box: "一", waiting: ["二"] });
    server.isAway = false;
    await tab.online();
    expect(texts(server.said)).toEqual(["二"]);
  });

  it("sends from one tab only", async () => {
    const locks = new FakeLocks();
    const one = await new Tab(locks).start();
    server.isAway = true;
    await one.say("一");
    await one.say("二");
    const other = await new Tab(locks).start();
    expect(other.screen.waiting).toEqual(["一", "二"]);
    server.isAway = false;
    await Promise.all([one.online(), other.online()]);
    await other.online();
    expect(texts(server.said)).toEqual(["一", "二"]);
    expect(one.screen.waiting).toEqual([]);
    expect(other.screen.waiting).toEqual([]);
  });

  it("says the same thing twice under one id where there are no locks", async () => {
    const one = await new Tab(null).start();
    server.isAway = true;
    await one.say("一");
    const other = await new Tab(null).start();
    server.isAway = false;
    await Promise.all([one.online(), other.online()]);
    expect(ids(server.said).size).toBe(1);
  });

  it("waits in the page where the device keeps nothing", async () => {
    disk.refuses = true;
    const tab = await new Tab().start();
    server.isAway = true;
    await tab.say("一");
    server.isAway = false;
    await tab.online();
    expect(texts(server.said)).toEqual(["一"]);
    expect(tab.screen.waiting).toEqual([]);
  });

  it("never sends what is older than a day", async () => {
    const tab = await new Tab().start();
    server.isAway = true;
    await tab.say("一");
    now += LONGEST_KEPT_MS;
    server.isAway = false;
    await tab.online();
    expect(server.said).toEqual([]);
    expect(tab.screen.waiting).toEqual([]);
    expect(onDisk()).toEqual(["key"]);
  });

  it("offers the words for a new conversation when the old one is gone", async () => {
    const before = await new Tab().start();
    server.isAway = true;
    await before.say("一");
    await before.say("二");
    before.die();
    server.isAway = false;
    server.historyProblem = new Problem(404);
    const after = await new Tab().start();
    await after.online();
    expect(after.screen).toMatchObject({ box: "一\n二", waiting: [], resets: ["gone"] });
    expect(server.said).toEqual([]);
  });

  it("sends nothing to another conversation than it was said to", async () => {
    const before = await new Tab().start();
    server.isAway = true;
    await before.say("一");
    before.die();
    server.isAway = false;
    memory.session = { id: "c9", token: "t", language: "zh" };
    const after = await new Tab().start();
    await after.online();
    expect(after.screen).toMatchObject({ box: "一", waiting: [] });
    expect(server.said).toEqual([]);
  });
});

describe("a draft", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));

  const typed = async (tab: Tab, text: string): Promise<void> => {
    tab.outbox.keepDraft(text, memory.session?.id ?? "");
    vi.advanceTimersByTime(300);
    await settle();
  };

  it("stands in the composer again, and is never sent by itself", async () => {
    const before = await new Tab().start();
    await typed(before, "还没写完");
    before.die();
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain("还没写完");
    const after = await new Tab().start();
    await after.online();
    expect(after.screen).toMatchObject({ box: "还没写完", waiting: [] });
    expect(server.said).toEqual([]);
  });

  it("is written when the page is left, without waiting", async () => {
    const before = await new Tab().start();
    before.outbox.keepDraft("还没写完", "c1");
    before.outbox.keepNow();
    await settle();
    expect((await new Tab().start()).screen.box).toBe("还没写完");
  });

  it("is gone when it was sent or deleted, and not offered beside the same words that wait", async () => {
    const tab = await new Tab().start();
    await typed(tab, "一");
    server.isAway = true;
    await tab.say("一");
    expect((await new Tab().start()).screen).toMatchObject({ box: "", waiting: ["一"] });
    await typed(tab, "");
    expect(onDisk()).not.toContain("draft");
  });

  it("does not grow younger by being looked at", async () => {
    await typed(await new Tab().start(), "一");
    now += LONGEST_KEPT_MS - 1;
    const looking = await new Tab().start();
    expect(looking.screen.box).toBe("一");
    await typed(looking, "一");
    now += 1;
    expect((await new Tab().start()).screen.box).toBe("");
  });

  it.each(["leave", "forget"] as const)("is erased with its key and what waits by %s, at once and without a network", async (what) => {
    const tab = await new Tab().start();
    server.isAway = true;
    await tab.say("一");
    await typed(tab, "二");
    expect(onDisk()).toEqual(expect.arrayContaining(["key", "draft"]));
    tab.outbox.keepDraft("二三", "c1");
    disk.asked.length = 0;
    void tab.conversation[what]();
    expect(disk.asked).toEqual(["delete key", "clear", "commit"]);
    vi.advanceTimersByTime(300);
    await settle();
    expect(onDisk()).toEqual([]);
    expect(tab.outbox.isEmpty).toBe(true);
    server.isAway = false;
    await tab.online();
    expect(server.said).toEqual([]);
  });
});

describe("what waits", () => {
  it("is told to screen readers, shown as it was written, and can be taken back", () => {
    const onTakeBack = vi.fn();
    const view = new Waiting(onTakeBack);
    const status = view.element.querySelector("[role=status]");
    expect(status?.textContent).toBe("");
    const said = { clientMessageId: "a", text: "<b>一</b>" };
    view.show([said], "zh");
    expect(status?.textContent).toBe(zh.waiting);
    expect(view.element.querySelector("b")).toBeNull();
    view.element.querySelector("button")?.click();
    expect(onTakeBack).toHaveBeenCalledExactlyOnceWith(said);
    view.show([], "zh");
    expect(status?.textContent).toBe("");
    expect(view.element.querySelector("li")).toBeNull();
  });
});
