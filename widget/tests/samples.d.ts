declare module "*/dev/samples.mjs" {
  import type { Language, Message } from "../src/contract";
  export const SAMPLES: Record<string, (language: Language) => Partial<Message> & { text: string }>;
}
