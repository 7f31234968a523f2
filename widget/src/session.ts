/** What this browser remembers: which conversation is ours, and how the person likes to read. */

import { type Language, type Session, isLanguage, isRecord } from "./contract";

export interface Preferences {
  language: Language | null;
  large: boolean;
}

/** Storage that may be refused (private windows, blocked in frames): then nothing is remembered, and nothing breaks. */
export class Memory {
  private readonly key: string;

  constructor(
    baseUrl: string,
    private readonly storage: Storage | null = localStorageOrNull(),
  ) {
    this.key = `mingbai:${baseUrl}`;
  }

  get session(): Session | null {
    const data = this.read("session");
    if (!isRecord(data) || typeof data.id !== "string" || typeof data.token !== "string") return null;
    return { id: data.id, token: data.token, language: isLanguage(data.language) ? data.language : "zh" };
  }

  set session(session: Session | null) {
    this.write("session", session);
  }

  get preferences(): Preferences {
    const data = this.read("preferences");
    if (!isRecord(data)) return { language: null, large: false };
    return { language: isLanguage(data.language) ? data.language : null, large: data.large === true };
  }

  set preferences(preferences: Preferences) {
    this.write("preferences", preferences);
  }

  clear(): void {
    this.write("session", null);
    this.write("preferences", null);
  }

  private read(name: string): unknown {
    try {
      return JSON.parse(this.storage?.getItem(`${this.key}:${name}`) ?? "null");
    } catch {
      return null;
    }
  }

  private write(name: string, value: unknown): void {
    try {
      if (value === null) this.storage?.removeItem(`${this.key}:${name}`);
      else this.storage?.setItem(`${this.key}:${name}`, JSON.stringify(value));
    } catch {
      // Full or refused: the conversation goes on, it only cannot be resumed.
    }
  }
}

function localStorageOrNull(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
