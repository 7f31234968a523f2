/** The chat contract of the web gateway, as the widget reads it. */

export type Language = "zh" | "en";
export type Unit = "yuan" | "percent" | "count" | "text";

export interface Button {
  title: string;
  payload: string;
}

export interface Figure {
  label: string;
  value: string;
  unit: Unit;
  emphasis: boolean;
  note: string;
}

export interface Table {
  caption: string;
  columns: { label: string; unit: Unit }[];
  rows: string[][];
}

export interface BarChart {
  title: string;
  description: string;
  x_label: string;
  y_label: string;
  x: string[];
  series: { label: string; values: string[] }[];
}

export interface LegalLine {
  label: string;
  limit: string;
  crossed: boolean;
  verdict: string;
  source: string;
  as_of: string;
}

export interface LoanCostCard {
  type: "loan_cost";
  title: string;
  figures: Figure[];
  lines: LegalLine[];
  schedule: Table;
  chart: BarChart;
}

export type Level = "danger" | "caution" | "unsure" | "no_sign";

export interface VerdictCard {
  type: "verdict";
  level: Level;
  title: string;
  families: string[];
  signs_title: string;
  signs: { quote: string; why: string }[];
  advice_title: string;
  advice: string[];
  rule_of_thumb: string;
  source: string;
}

export interface LessonCard {
  type: "lesson";
  stage: "page" | "question" | "answer" | "result";
  title: string;
  step: number;
  steps: number;
  paragraphs: string[];
  rule_of_thumb: string;
  correct: boolean | null;
  source: string;
}

export interface TableCard {
  type: "table";
  title: string;
  figures: Figure[];
  tables: Table[];
  notices: string[];
}

export interface SummaryCard {
  type: "summary";
  title: string;
  rows: Figure[];
  notice: string;
}

export interface ReceiptCard {
  type: "receipt";
  title: string;
  receipt: string;
  notes: string[];
}

export interface CaseCard {
  type: "case";
  title: string;
  status: string;
  figures: Figure[];
  entries: { author: string; at: string; text: string; own: boolean }[];
  notice: string;
}

export interface LetterCard {
  type: "letter";
  title: string;
  paragraphs: string[];
  notice: string;
}

export type Card = LoanCostCard | TableCard | VerdictCard | LessonCard | SummaryCard | ReceiptCard | CaseCard | LetterCard;

export interface Message {
  id: string;
  author: "user" | "bot";
  text: string;
  buttons: Button[];
  card: Card | null;
  created_at: string;
}

export interface Session {
  id: string;
  token: string;
  language: Language;
}

/** What a person said: typed words, the button they tapped, or that they sent files. The id makes sending it again harmless. */
export type Said = { clientMessageId: string } & Content;

/** `files`: some were sent just now, and the assistant is to say what becomes of them. */
export type Content = { text: string } | { payload: string; title: string } | { files: true; title: string };

/** What the server says of one file at most, so that nobody waits for a refusal. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;
/** A phone that is told so hands over its own photo formats as JPEG. */
export const FILE_TYPES = "image/jpeg,image/png,image/webp,image/gif,application/pdf,text/plain";

export function isLanguage(value: unknown): value is Language {
  return value === "zh" || value === "en";
}

/** A message as it came, with what an older or newer server leaves out filled in; null when it is none. */
export function readMessage(data: unknown): Message | null {
  if (!isRecord(data) || typeof data.id !== "string" || typeof data.text !== "string") return null;
  return {
    id: data.id,
    author: data.author === "user" ? "user" : "bot",
    text: data.text,
    buttons: Array.isArray(data.buttons) ? data.buttons.filter(isButton) : [],
    card: isRecord(data.card) ? (data.card as unknown as Card) : null,
    created_at: typeof data.created_at === "string" ? data.created_at : "",
  };
}

export function readMessages(data: unknown): Message[] {
  const list = isRecord(data) && Array.isArray(data.messages) ? data.messages : [];
  return list.map(readMessage).filter((message): message is Message => message !== null);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isButton(value: unknown): value is Button {
  return isRecord(value) && typeof value.title === "string" && typeof value.payload === "string";
}
