/** What a person says: the words of it, and whether two sayings are one. */

import type { Content, Language, Said } from "./contract";

/** The words of a turn as they stand in the log. */
export function wordsOf(said: Content): string {
  return "text" in said ? said.text : said.title;
}

export function languageButton(language: Language): Content {
  return { payload: `/set_language{"language": "${language}"}`, title: language === "zh" ? "中文" : "English" };
}

export function saysSame(said: Said, content: Content): boolean {
  if ("text" in said) return "text" in content && said.text === content.text;
  if ("files" in said) return "files" in content;
  return "payload" in content && said.payload === content.payload;
}

/** `crypto.randomUUID` needs HTTPS; a workshop's own network may not have it. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
