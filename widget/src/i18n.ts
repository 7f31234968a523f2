/** The widget's own words, in both languages; what the assistant says comes from the server. */

import en from "../i18n/en.json";
import zh from "../i18n/zh.json";
import type { Language } from "./contract";

export type Key = keyof typeof zh;

const CATALOGS: Record<Language, Record<Key, string>> = { zh, en };

export const HTML_LANG: Record<Language, string> = { zh: "zh-CN", en: "en" };

export function say(key: Key, language: Language): string {
  return CATALOGS[language][key];
}

/** The language to begin in, from what a browser or a page says; null when it says neither of ours. */
export function fromLocale(locale: string): Language | null {
  if (/^zh\b/i.test(locale)) return "zh";
  return /^en\b/i.test(locale) ? "en" : null;
}

/** The language a text is written in, so that a screen reader speaks it in the right voice. */
export function langOf(text: string): string {
  return HTML_LANG[/[\u3400-\u9fff]/.test(text) ? "zh" : "en"];
}
