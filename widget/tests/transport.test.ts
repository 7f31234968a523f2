import { describe, expect, it, vi } from "vitest";

import type { Session } from "../src/contract";
import { ChatClient, Problem } from "../src/transport";

const SESSION: Session = { id: "c1", token: "secret", language: "zh" };

function answering(status: number, body: unknown, type = "application/json") {
  return vi.fn<typeof fetch>(async () => new Response(JSON.stringify(body), { status, headers: { "Content-Type": type } }));
}

function sent(send: ReturnType<typeof answering>) {
  const [url, init] = send.mock.calls[0] ?? [];
  return { url, init, headers: init?.headers as Record<string, string>, body: JSON.parse(String(init?.body ?? "null")) as unknown };
}

describe("ChatClient", () => {
  it("opens a conversation", async () => {
    const send = answering(201, { conversation_id: "c1", token: "secret", language: "en", messages: [{ id: "m1", text: "Hello" }] });
    const opened = await new ChatClient("https://mingbai.example", send).open("en");
    expect(sent(send)).toMatchObject({ url: "https://mingbai.example/api/v1/conversations", body: { language: "en" } });
    expect(opened.session).toEqual({ id: "c1", token: "secret", language: "en" });
    expect(opened.messages).toEqual([{ id: "m1", author: "bot", text: "Hello", buttons: [], card: null, created_at: "" }]);
  });

  it("says words and payloads with its token in the header, never in the address", async () => {
    const send = answering(200, { messages: [] });
    const client = new ChatClient("https://mingbai.example", send);
    await client.say(SESSION, { text: "/menu", clientMessageId: "t1" });
    expect(sent(send)).toMatchObject({
      url: "https://mingbai.example/api/v1/conversations/c1/messages",
      headers: { Authorization: "Bearer secret" },
      body: { text: "/menu", client_message_id: "t1" },
    });
    expect(sent(send).init).toMatchObject({ credentials: "omit", referrerPolicy: "no-referrer" });
    send.mockClear();
    await client.say(SESSION, { payload: "/menu", title: "Menu", clientMessageId: "t2" });
    expect(sent(send).body).toEqual({ payload: "/menu", client_message_id: "t2" });
  });

  it("asks for history after a message", async () => {
    const send = answering(200, { messages: [] });
    await new ChatClient("", send).history(SESSION, "m/1");
    expect(sent(send).url).toBe("/api/v1/conversations/c1/messages?after=m%2F1");
  });

  it("turns problem documents, other errors and a missing network into problems", async () => {
    const says = { text: "x", clientMessageId: "t" };
    const kind = answering(503, { title: "暂时不能回答", detail: "请过一会儿再发一次。" }, "application/problem+json");
    await expect(new ChatClient("", kind).say(SESSION, says)).rejects.toMatchObject({ status: 503, detail: "请过一会儿再发一次。" });
    const page = vi.fn<typeof fetch>(async () => new Response("<html>", { status: 502 }));
    await expect(new ChatClient("", page).say(SESSION, says)).rejects.toMatchObject({ status: 502, detail: "" });
    const none = vi.fn<typeof fetch>(async () => Promise.reject(new TypeError("failed to fetch")));
    await expect(new ChatClient("", none).say(SESSION, says)).rejects.toMatchObject({ status: 0 });
    const broken = vi.fn<typeof fetch>(async () => new Response("{", { status: 200 }));
    await expect(new ChatClient("", broken).say(SESSION, says)).rejects.toBeInstanceOf(Problem);
  });

  it("knows when a conversation is gone", () => {
    expect([401, 404, 403, 503, 0].map((status) => new Problem(status).isGone)).toEqual([true, true, true, false, false]);
  });

  it("skips messages it cannot read", async () => {
    const send = answering(200, { messages: [null, 3, { id: 1 }, { id: "m", text: "ok", buttons: [{ title: 1 }], card: "x" }] });
    const messages = await new ChatClient("", send).history(SESSION);
    expect(messages).toEqual([{ id: "m", author: "bot", text: "ok", buttons: [], card: null, created_at: "" }]);
  });
});
