import { beforeEach, describe, expect, it } from "vitest";

import type { Message } from "../src/contract";
import { Conversation } from "../src/conversation";
import { Outbox } from "../src/outbox";
import { Memory } from "../src/session";
import type { ServerEvent } from "../src/sse";
import { Problem } from "../src/transport";
import { FakeServer, Screen, flush, message } from "./fakes";

let server: FakeServer;
let screen: Screen;
let memory: Memory;
let conversation: Conversation;
let resume: () => void;

function newConversation(): Conversation {
  let ids = 0;
  let pauses: (() => void)[] = [];
  resume = () => {
    const over = pauses;
    pauses = [];
    for (const resolve of over) resolve();
  };
  const pause = (): Promise<void> => new Promise((resolve) => pauses.push(resolve));
  return new Conversation(server, memory, screen, new Outbox("https://mingbai.example"), pause, () => `id${(ids += 1)}`);
}

beforeEach(() => {
  localStorage.clear();
  server = new FakeServer();
  screen = new Screen();
  memory = new Memory("https://mingbai.example");
  conversation = newConversation();
});

describe("opening", () => {
  it("greets, and remembers the conversation", async () => {
    await conversation.start("en");
    expect(screen.shown).toEqual(["c1-hello"]);
    expect(memory.session).toEqual({ id: "c1", token: "t", language: "en" });
    expect(screen.typing).toBe(false);
  });

  it("goes on where it left off", async () => {
    memory.session = { id: "c9", token: "t", language: "en" };
    server.kept = [message("m1"), message("m2", "a question", "user"), message("m3")];
    await conversation.start("zh");
    expect(screen.shown).toEqual(["m1", "> a question", "m3"]);
    expect(screen.language).toBe("en");
    expect(server.opened).toBe(0);
    expect(server.streams[0]?.after).toBe("m3");
  });

  it("starts anew when the kept conversation is gone", async () => {
    memory.session = { id: "c9", token: "t", language: "en" };
    server.historyProblem = new Problem(404);
    await conversation.start("zh");
    expect(screen.resets).toEqual(["gone"]);
    expect(screen.shown).toEqual(["c1-hello"]);
  });

  it("keeps the kept conversation when only the network is gone", async () => {
    memory.session = { id: "c9", token: "t", language: "en" };
    server.historyProblem = new Problem(0);
    await conversation.start("zh");
    expect(screen.trouble).toMatchObject({ kind: "opening", problem: { status: 0 } });
    expect(memory.session?.id).toBe("c9");
    server.historyProblem = null;
    server.kept = [message("m1")];
    await conversation.start("zh");
    expect(screen.shown).toEqual(["m1"]);
    expect(screen.trouble).toBeNull();
  });
});

describe("saying", () => {
  beforeEach(() => conversation.start("zh"));

  it("shows what was said at once, then the answer", async () => {
    expect(conversation.say({ text: "借一万" })).toBe(true);
    expect(screen.shown).toEqual(["c1-hello", "> 借一万"]);
    expect(screen.typing).toBe(true);
    await flush();
    expect(screen.shown).toEqual(["c1-hello", "> 借一万", "a1"]);
    expect(screen.typing).toBe(false);
  });

  it("takes one turn at a time", async () => {
    expect(conversation.say({ text: "one" })).toBe(true);
    expect(conversation.say({ text: "two" })).toBe(false);
    await flush();
    expect(conversation.say({ text: "two" })).toBe(true);
  });

  it.each([503, 429])("gives the words back after %i, and sends them again under the same id", async (status) => {
    server.answers = [new Problem(status, "", "请再试一次")];
    conversation.say({ text: "借一万" });
    await flush();
    expect(screen.shown).toEqual(["c1-hello"]);
    expect(screen.box).toBe("借一万");
    expect(screen.trouble).toMatchObject({ kind: "saying", problem: { detail: "请再试一次" } });
    conversation.retry();
    await flush();
    expect(server.said.map(({ clientMessageId }) => clientMessageId)).toEqual(["id1", "id1"]);
    expect(screen.shown).toEqual(["c1-hello", "> 借一万", "a2"]);
    expect(screen.trouble).toBeNull();
  });

  it("keeps the id when the same words are sent from the box, and not when they were changed", async () => {
    server.answers = [new Problem(503), new Problem(503)];
    for (const text of ["借一万", "借一万", "借两万"]) {
      conversation.say({ text });
      await flush();
    }
    expect(server.said.map(({ clientMessageId }) => clientMessageId)).toEqual(["id1", "id1", "id2"]);
  });

  it("sees that failed words had been taken after all", async () => {
    server.answers = [new Problem(504)];
    conversation.say({ text: "借一万" });
    await flush();
    server.kept = [message("c1-hello"), message("u1", "借一万", "user"), message("b1")];
    server.streams[0]?.end();
    await flush();
    resume();
    await flush();
    expect(screen.shown).toEqual(["c1-hello", "> 借一万", "b1"]);
    expect(screen.box).toBe("");
    expect(screen.trouble).toBeNull();
    expect(conversation.retry()).toBe(false);
  });

  it.each([401, 404])("begins a new conversation after %i and gives the words back", async (status) => {
    server.answers = [new Problem(status)];
    conversation.say({ text: "借一万" });
    await flush();
    expect(screen.resets).toEqual(["new", "gone"]);
    expect(screen.shown).toEqual(["c2-hello"]);
    expect(screen.box).toBe("借一万");
    expect(memory.session?.id).toBe("c2");
  });

  it("switches the language by a button, after the turn that is under way", async () => {
    conversation.say({ text: "one" });
    conversation.chooseLanguage("en");
    await flush();
    expect(server.said[1]).toMatchObject({ payload: '/set_language{"language": "en"}' });
    expect(memory.session?.language).toBe("en");
  });
});

describe("listening", () => {
  beforeEach(() => conversation.start("zh"));
  const pushed = (content: Message): ServerEvent => ({ event: "message", data: JSON.stringify(content) });

  it("shows what is pushed, once", async () => {
    server.streams[0]?.push(pushed(message("p1")));
    server.streams[0]?.push(pushed(message("p1")));
    server.streams[0]?.push({ event: "message", data: "not json" });
    await flush();
    expect(screen.shown).toEqual(["c1-hello", "p1"]);
  });

  it("shows that the assistant is typing", async () => {
    server.streams[0]?.push({ event: "typing", data: '{"typing": true}' });
    await flush();
    expect(screen.typing).toBe(true);
    server.streams[0]?.push({ event: "typing", data: '{"typing": false}' });
    await flush();
    expect(screen.typing).toBe(false);
  });

  it("comes back after a break, from where it was, and fetches what it missed", async () => {
    server.streams[0]?.end(new Problem(0));
    await flush();
    server.kept = [message("c1-hello"), message("missed")];
    resume();
    await flush();
    expect(server.streams[1]?.after).toBe("c1-hello");
    expect(screen.shown).toEqual(["c1-hello", "missed"]);
  });

  it("begins anew when it was forgotten elsewhere", async () => {
    server.streams[0]?.push({ event: "gone", data: "{}" });
    await flush();
    expect(screen.resets).toEqual(["new", "gone"]);
    expect(screen.shown).toEqual(["c2-hello"]);
  });
});

describe("forgetting", () => {
  beforeEach(() => conversation.start("en"));

  it("forgets at the server, then begins anew in the same language", async () => {
    await conversation.forget();
    expect(server.forgotten).toEqual(["c1"]);
    expect(screen.resets).toEqual(["new", "forgotten"]);
    expect(memory.session).toMatchObject({ id: "c2", language: "en" });
  });

  it("shows nothing of the forgotten conversation that arrives late", async () => {
    let answer = (_: Message[]): void => undefined;
    server.answers = [new Promise<Message[]>((resolve) => (answer = resolve))];
    conversation.say({ text: "one" });
    await conversation.forget();
    answer([message("late")]);
    await flush();
    expect(screen.shown).toEqual(["c2-hello"]);
  });

  it("leaves nothing in this browser when leaving quickly", () => {
    memory.preferences = { language: "en", large: true };
    conversation.leave();
    expect(localStorage.length).toBe(0);
    expect(server.forgotten).toEqual(["c1"]);
  });
});
