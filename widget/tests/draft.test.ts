import { beforeEach, describe, expect, it } from "vitest";

import { DraftStore, type Entry, LONGEST_KEPT_MS } from "../src/draft";
import { FakeIndexedDB } from "./indexeddb";

const BASE = "https://mingbai.example";
const DATABASE = `mingbai:${BASE}`;
const WORDS = "村口老王借我三千";

let disk: FakeIndexedDB;
let now: number;

function store(): DraftStore {
  return new DraftStore(BASE, crypto.subtle, disk.factory, () => now);
}

function entry(id: string, text = WORDS, at = now): Entry {
  return { id, at, conversation: "c1", content: { text } };
}

beforeEach(() => {
  disk = new FakeIndexedDB();
  now = 1_800_000_000_000;
});

describe("DraftStore", () => {
  it("gives back to a later page what an earlier one kept, the oldest first", async () => {
    await store().put(entry("b", "二", now + 1));
    await store().put(entry("a", "三", now + 2));
    await store().put(entry("c", "一", now));
    expect((await store().load()).map(({ content }) => content)).toEqual([{ text: "一" }, { text: "二" }, { text: "三" }]);
  });

  it("writes no word, and no conversation, in the clear", async () => {
    expect(await store().put(entry("a", `${WORDS} plain-words`))).toBe(true);
    expect(disk.ids(DATABASE)).toEqual(["key", "a"]);
    expect(disk.disk).toContain('"at"');
    expect(disk.disk).not.toContain("plain-words");
    expect(disk.disk).not.toContain(WORDS);
    expect(disk.disk).not.toContain("c1");
  });

  it("keeps a key that no script can read out, and a nonce of its own for everything", async () => {
    await store().put(entry("a"));
    await store().put(entry("b"));
    const kept = disk.databases.get(DATABASE);
    const key = kept?.get("key") as CryptoKey;
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
    const nonces = ["a", "b"].map((id) => String((kept?.get(id) as { iv: Uint8Array }).iv));
    expect(new Set(nonces).size).toBe(2);
  });

  it("uses one key when two tabs begin at once", async () => {
    await Promise.all([store().put(entry("a")), store().put(entry("b"))]);
    expect(await store().load()).toHaveLength(2);
  });

  it("erases what is older than a day", async () => {
    await store().put(entry("old"));
    now += LONGEST_KEPT_MS - 1;
    expect(await store().load()).toHaveLength(1);
    now += 1;
    expect(await store().load()).toEqual([]);
    expect(disk.ids(DATABASE)).toEqual(["key"]);
  });

  it("drops what cannot be read any more instead of failing", async () => {
    await store().put(entry("a"));
    await store().put(entry("b"));
    (disk.databases.get(DATABASE)?.get("a") as { iv: Uint8Array }).iv[0]! ^= 1;
    expect((await store().load()).map(({ id }) => id)).toEqual(["b"]);
    disk.databases.get(DATABASE)?.delete("key");
    expect(await store().load()).toEqual([]);
    expect(disk.ids(DATABASE)).toEqual([]);
  });

  it("asks for the key to be erased first, and before erasing returns", async () => {
    const kept = store();
    await kept.put(entry("a"));
    disk.asked.length = 0;
    void kept.erase();
    expect(disk.asked).toEqual(["delete key", "clear", "commit"]);
    await kept.load();
    expect(disk.ids(DATABASE)).toEqual([]);
  });

  it("writes nothing after an erasure that was asked for before it", async () => {
    const kept = store();
    await kept.load();
    const writing = kept.put(entry("a"));
    await kept.erase();
    expect(await writing).toBe(false);
    expect(disk.ids(DATABASE)).not.toContain("a");
    expect(await kept.put(entry("b"))).toBe(true);
    expect((await store().load()).map(({ id }) => id)).toEqual(["b"]);
  });

  it.each([
    ["no WebCrypto", () => new DraftStore(BASE, null, disk.factory)],
    ["no IndexedDB", () => new DraftStore(BASE, crypto.subtle, null)],
    ["an IndexedDB that refuses", () => ((disk.refuses = true), store())],
  ])("keeps nothing, silently, where there is %s", async (_, make) => {
    const kept = make();
    expect(await kept.put(entry("a"))).toBe(false);
    expect(await kept.load()).toEqual([]);
    expect(await kept.has("a")).toBeNull();
    await kept.remove("a");
    await kept.erase();
    expect(disk.databases.size).toBe(0);
  });
});
