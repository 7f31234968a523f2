/** What a conversation reports to whoever shows it. */

import type { Language, Message, Said } from "./contract";
import type { Problem } from "./transport";

/** `opening`: there is no conversation yet. `saying`: the server refused `said`, and the person decides. */
export type Trouble =
  | { kind: "opening" | "forgetting"; problem: Problem }
  | { kind: "saying"; problem: Problem; said: Said };

/** How messages came: kept from before, as the answer to what was just said, or by themselves. */
export type Arrival = "history" | "answer" | "pushed";

export interface Listener {
  onReset(reason: "new" | "gone" | "forgotten"): void;
  onLanguage(language: Language): void;
  onMessages(messages: Message[], arrival: Arrival): void;
  /** Shown at once, before the server has taken it. */
  onSaid(said: Said): void;
  /** What was shown as said is not in the log: it waits, or stands there already. */
  onUnsaid(): void;
  /** It was refused: it goes back to where it can be sent from. */
  onWithdrawn(said: Said): void;
  /** These will be sent by themselves, in this order, as soon as the server can be reached. */
  onWaiting(waiting: Said[]): void;
  /** Words that belong into the composer, beside what stands there. */
  onWords(text: string): void;
  /** It turns out that it had been taken after all. */
  onTaken(said: Said): void;
  onTyping(isTyping: boolean): void;
  onTrouble(trouble: Trouble | null): void;
}
