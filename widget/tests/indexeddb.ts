/** As much of IndexedDB as the widget uses, in memory. One object store; a request is answered a moment later. */

type Kept = Map<string, unknown>;

export class FakeIndexedDB {
  readonly databases = new Map<string, Kept>();
  /** What was asked, in order. */
  readonly asked: string[] = [];
  refuses = false;

  /** Everything that lies on the "disk", as text. Keys show nothing, as in a browser. */
  get disk(): string {
    const seen = (value: unknown): unknown => {
      if (value instanceof ArrayBuffer) return new TextDecoder().decode(value);
      if (value instanceof Uint8Array) return new TextDecoder().decode(value);
      return value instanceof Map ? Object.fromEntries(value) : value;
    };
    return JSON.stringify([...this.databases], (_, value: unknown) => {
      const shown = seen(value);
      return typeof shown === "object" && shown !== null && !Array.isArray(shown)
        ? Object.fromEntries(Object.entries(shown).map(([name, inner]) => [name, seen(inner)]))
        : shown;
    });
  }

  ids(name: string): string[] {
    return [...(this.databases.get(name)?.keys() ?? [])];
  }

  get factory(): IDBFactory {
    return { open: (name: string) => this.open(name) } as unknown as IDBFactory;
  }

  private open(name: string): unknown {
    if (this.refuses) throw new DOMException("not here", "SecurityError");
    const isNew = !this.databases.has(name);
    const kept: Kept = this.databases.get(name) ?? new Map();
    this.databases.set(name, kept);
    const database = { createObjectStore: () => undefined, transaction: () => this.transaction(kept), close: () => undefined };
    const request = this.request(() => database) as { result?: unknown; onupgradeneeded?: () => void };
    request.result = database;
    if (isNew) queueMicrotask(() => request.onupgradeneeded?.());
    return request;
  }

  private transaction(kept: Kept): unknown {
    const ask = (what: string, work: () => unknown): unknown => {
      this.asked.push(what);
      return this.request(work);
    };
    const store = {
      get: (id: string) => ask(`get ${id}`, () => kept.get(id)),
      getAll: () => ask("getAll", () => [...kept.values()]),
      count: (id: string) => ask(`count ${id}`, () => Number(kept.has(id))),
      put: (value: unknown, id: string) => ask(`put ${id}`, () => void kept.set(id, value)),
      add: (value: unknown, id: string) =>
        ask(`add ${id}`, () => {
          if (kept.has(id)) throw new DOMException("there already", "ConstraintError");
          kept.set(id, value);
        }),
      delete: (id: string) => ask(`delete ${id}`, () => void kept.delete(id)),
      clear: () => ask("clear", () => kept.clear()),
      transaction: { commit: () => void this.asked.push("commit") },
    };
    return { objectStore: () => store };
  }

  private request(work: () => unknown): unknown {
    const request: { result?: unknown; error?: unknown; onsuccess?: () => void; onerror?: () => void } = {};
    // After `onupgradeneeded`, and in the order asked.
    queueMicrotask(() =>
      queueMicrotask(() => {
        try {
          request.result = work();
          request.onsuccess?.();
        } catch (error) {
          request.error = error;
          request.onerror?.();
        }
      }),
    );
    return request;
  }
}
