import { describe, expect, it } from "vitest";

import { EventParser, readEvents } from "../src/sse";

describe("EventParser", () => {
  it("reads events whatever pieces they arrive in", () => {
    const stream = 'retry: 3000\n\n: still here\n\nevent: typing\ndata: {"typing": true}\n\nid: 7\r\ndata: one\r\ndata: two\r\n\r\n';
    const expected = [
      { event: "typing", data: '{"typing": true}' },
      { event: "message", data: "one\ntwo" },
    ];
    expect(new EventParser().push(stream)).toEqual(expected);
    for (let size = 1; size < 9; size += 1) {
      const parser = new EventParser();
      const events = [];
      for (let at = 0; at < stream.length; at += size) events.push(...parser.push(stream.slice(at, at + size)));
      expect(events).toEqual(expected);
    }
  });

  it("waits for the blank line that ends an event", () => {
    const parser = new EventParser();
    expect(parser.push("data: half")).toEqual([]);
    expect(parser.push("\n")).toEqual([]);
    expect(parser.push("\n")).toEqual([{ event: "message", data: "half" }]);
  });

  it("does not let the name of one event reach the next", () => {
    const parser = new EventParser();
    expect(parser.push("event: typing\n\ndata: x\n\n")).toEqual([{ event: "message", data: "x" }]);
  });
});

describe("readEvents", () => {
  it("puts characters together that were cut between two chunks", async () => {
    const bytes = new TextEncoder().encode("data: 明白\n\n");
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const events = [];
    for await (const event of readEvents(body)) events.push(event);
    expect(events).toEqual([{ event: "message", data: "明白" }]);
  });
});
