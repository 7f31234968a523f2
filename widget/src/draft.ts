/**
 * What was written and not sent yet, kept on the device and encrypted: AES-GCM under a key that scripts cannot read out,
 * key and ciphertext in one small database. Where the browser refuses either (a page without TLS, private windows,
 * blocked frames) nothing is kept, and nothing breaks.
 */

import { type Content, isRecord } from "./contract";

/** One thing not sent yet. `at`: milliseconds since 1970, also the order; `conversation`: the id of the one it was meant for. */
export interface Entry {
  id: string;
  at: number;
  conversation: string;
  content: Content;
}

interface Sealed {
  id: string;
  at: number;
  iv: Uint8Array<ArrayBuffer>;
  box: ArrayBuffer;
}

/** Who finds the phone tomorrow shall not read what was begun today. */
export const LONGEST_KEPT_MS = 24 * 60 * 60 * 1_000;

const STORE = "kept";
const KEY = "key";
/** Some browsers forget to answer while a database opens. */
const OPENING_PATIENCE_MS = 3_000;

export class DraftStore {
  private database: Promise<IDBDatabase | null> | null = null;
  private opened: IDBDatabase | null = null;
  /** One thing after another, so that what was removed is not written again by what was asked before. */
  private turn: Promise<unknown> = Promise.resolve();
  /** Counts erasures: what began before one does not write after it. */
  private age = 0;

  constructor(
    private readonly baseUrl: string,
    private readonly subtle: SubtleCrypto | null = subtleOrNull(),
    private readonly factory: IDBFactory | null = factoryOrNull(),
    private readonly now: () => number = Date.now,
  ) {}

  /** All that is kept, the oldest first. What is too old or cannot be read any more is erased. */
  load(): Promise<Entry[]> {
    return this.after([], async (database) => {
      const kept = await answer<unknown[]>(inside(database, "readonly").getAll());
      const key = await this.keyOf(database);
      const entries: Entry[] = [];
      for (const sealed of kept.filter(isSealed)) {
        const entry = key && this.isFresh(sealed.at) ? await this.unseal(key, sealed) : null;
        if (entry) entries.push(entry);
        else await answer(inside(database, "readwrite").delete(sealed.id));
      }
      return entries.sort((one, other) => one.at - other.at);
    });
  }

  /** True when it is on the device now. */
  put(entry: Entry): Promise<boolean> {
    const age = this.age;
    return this.after(false, async (database) => {
      if (age !== this.age) return false;
      const key = (await this.keyOf(database)) ?? (await this.makeKey(database));
      const sealed = await this.seal(key, entry);
      if (age !== this.age) return false;
      await answer(inside(database, "readwrite").put(sealed, sealed.id));
      return true;
    });
  }

  /** Whether it is still kept; null when that cannot be told. */
  has(id: string): Promise<boolean | null> {
    return this.after<boolean | null>(null, async (database) => (await answer(inside(database, "readonly").count(id))) > 0);
  }

  remove(id: string): Promise<void> {
    return this.after(undefined, async (database) => void (await answer(inside(database, "readwrite").delete(id))));
  }

  isFresh(at: number): boolean {
    return this.now() - at < LONGEST_KEPT_MS;
  }

  /** The key first, then the rest, and before this returns where the database is open: the page may be gone next. */
  async erase(): Promise<void> {
    this.age += 1;
    try {
      const database = this.opened ?? (await this.ready());
      if (!database) return;
      const store = inside(database, "readwrite");
      store.delete(KEY);
      const cleared = answer(store.clear());
      // Else it would wait for the answers, and a page that is being left gets none.
      store.transaction.commit?.();
      await cleared;
    } catch {
      // Nothing to erase in what cannot be opened.
    }
  }

  /** Not before it is needed: a page that embeds the widget gets no database for visitors who never open it. */
  private ready(): Promise<IDBDatabase | null> {
    return (this.database ??= this.open());
  }

  private async open(): Promise<IDBDatabase | null> {
    if (!this.subtle || !this.factory) return null;
    try {
      const request = this.factory.open(`mingbai:${this.baseUrl}`, 1);
      request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
      const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), OPENING_PATIENCE_MS));
      this.opened = await Promise.race([answer(request), late]);
      // Else this page would keep others from deleting or renewing it.
      if (this.opened) this.opened.onversionchange = () => this.opened?.close();
      return this.opened;
    } catch {
      return null;
    }
  }

  private after<T>(otherwise: T, work: (database: IDBDatabase) => Promise<T>): Promise<T> {
    const done = this.turn.then(async () => {
      const database = await this.ready();
      try {
        return database ? await work(database) : otherwise;
      } catch {
        return otherwise;
      }
    });
    this.turn = done;
    return done;
  }

  private async keyOf(database: IDBDatabase): Promise<CryptoKey | null> {
    return (await answer<CryptoKey | undefined>(inside(database, "readonly").get(KEY))) ?? null;
  }

  private async makeKey(database: IDBDatabase): Promise<CryptoKey> {
    const made = await this.crypto.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    try {
      await answer(inside(database, "readwrite").add(made, KEY));
      return made;
    } catch (error) {
      // Another tab was quicker.
      const theirs = await this.keyOf(database);
      if (theirs) return theirs;
      throw error;
    }
  }

  private async seal(key: CryptoKey, { id, at, conversation, content }: Entry): Promise<Sealed> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const words = new TextEncoder().encode(JSON.stringify({ conversation, content }));
    return { id, at, iv, box: await this.crypto.encrypt({ name: "AES-GCM", iv }, key, words) };
  }

  private async unseal(key: CryptoKey, { id, at, iv, box }: Sealed): Promise<Entry | null> {
    try {
      const words = await this.crypto.decrypt({ name: "AES-GCM", iv }, key, box);
      const { conversation, content } = JSON.parse(new TextDecoder().decode(words)) as Entry;
      return { id, at, conversation, content };
    } catch {
      return null;
    }
  }

  private get crypto(): SubtleCrypto {
    if (!this.subtle) throw new Error("no WebCrypto, so no database was opened");
    return this.subtle;
  }
}

function inside(database: IDBDatabase, mode: IDBTransactionMode): IDBObjectStore {
  return database.transaction(STORE, mode).objectStore(STORE);
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the database refused"));
  });
}

function isSealed(value: unknown): value is Sealed {
  return isRecord(value) && "box" in value;
}

/** Missing without TLS. */
function subtleOrNull(): SubtleCrypto | null {
  return globalThis.crypto?.subtle ?? null;
}

function factoryOrNull(): IDBFactory | null {
  try {
    return globalThis.indexedDB ?? null;
  } catch {
    return null;
  }
}
