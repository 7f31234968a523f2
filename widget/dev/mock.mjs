// The chat contract in memory, for looking at the widget: `npm run dev`, then type one of the words of samples.mjs
// (loan, danger, caution, unsure, no_sign, page, question, right, wrong, result, summary, receipt, case), or
//   slow    an answer after three seconds        down   503 until sent a second time
//   push    a message by itself a second later   gone   the conversation disappears
// Usage: node dev/mock.mjs [port]

import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

import { SAMPLES, menu } from "./samples.mjs";

const WEB = fileURLToPath(new URL("../../bot/web/", import.meta.url));
const TYPES = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const conversations = new Map();

const message = (content, author = "bot") => ({
  id: randomUUID(), author, text: "", buttons: [], card: null, created_at: new Date().toISOString(), ...content,
});
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) problem(response, 500, "error");
  });
});

async function answer(request, response) {
  const url = new URL(request.url, "http://mock");
  response.setHeader("Content-Security-Policy", CSP);
  if (url.pathname === "/") return page(response, url.searchParams.get("lang") ?? "zh");
  if (url.pathname === "/embed") return embed(response);
  if (url.pathname.startsWith("/static/")) return file(response, url.pathname);
  const [, id, part] = /^\/api\/v1\/conversations(?:\/([^/]+))?(?:\/(messages|events))?$/.exec(url.pathname) ?? [];
  if (request.method === "POST" && id === undefined) return open(request, response);
  const conversation = conversations.get(id);
  if (!conversation || request.headers.authorization !== `Bearer ${conversation.token}`) {
    return problem(response, 404, "no such conversation");
  }
  if (request.method === "DELETE") {
    conversations.delete(id);
    response.writeHead(204).end();
    return undefined;
  }
  if (part === "events") return listen(request, response, conversation);
  if (request.method === "POST") return say(request, response, conversation);
  const after = conversation.messages.findIndex((kept) => kept.id === url.searchParams.get("after"));
  return json(response, 200, { messages: conversation.messages.slice(after + 1) });
}

async function open(request, response) {
  const { language } = await body(request);
  const id = randomUUID();
  const conversation = { id, token: randomUUID(), language: language ?? "zh", messages: [], turns: new Map(), failed: new Set(), listeners: new Set() };
  conversations.set(id, conversation);
  conversation.messages.push(message(menu(conversation.language)));
  json(response, 201, { conversation_id: id, token: conversation.token, language: conversation.language, messages: conversation.messages });
}

async function say(request, response, conversation) {
  const { text, payload, client_message_id: turn } = await body(request);
  const word = text?.trim();
  if (conversation.turns.has(turn)) return json(response, 200, { messages: conversation.turns.get(turn) });
  if (word === "gone") {
    conversations.delete(conversation.id);
    return problem(response, 404, "no such conversation");
  }
  if (word === "down" && !conversation.failed.has(turn)) {
    conversation.failed.add(turn);
    await pause(300);
    return problem(response, 503, conversation.language === "zh" ? "我这边出了点问题，您刚才的话没处理成，请过一会儿再发一次。" : "Something is wrong on our side, and what you wrote was not handled. Please send it again in a little while.");
  }
  if (word === "slow") await pause(3000);
  if (word === "push") {
    setTimeout(() => {
      const pushed = message(SAMPLES.case(conversation.language));
      conversation.messages.push(pushed);
      for (const listener of conversation.listeners) listener.write(`event: message\nid: ${pushed.id}\ndata: ${JSON.stringify(pushed)}\n\n`);
    }, 1000);
  }
  const chosen = /^\/set_language\{"language": "(zh|en)"\}$/.exec(payload ?? "");
  if (chosen) conversation.language = chosen[1];
  const { language } = conversation;
  const sample = SAMPLES[word] ?? (payload || word === "menu" ? menu : null);
  const reply = message(sample ? sample(language) : { text: language === "zh" ? `您说的是：${text}` : `You said: ${text}` });
  conversation.messages.push(message({ text: text ?? payload }, "user"), reply);
  conversation.turns.set(turn, [reply]);
  return json(response, 200, { messages: [reply] });
}

function listen(request, response, conversation) {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  response.write("retry: 3000\n\n");
  conversation.listeners.add(response);
  request.on("close", () => conversation.listeners.delete(response));
}

/** The real page; its few words of the server's come from here. */
async function page(response, language) {
  const words = language === "zh" ? "明白 · 借钱之前先问问" : "Mingbai · ask before you borrow";
  const html = (await readFile(join(WEB, "templates", "index.html"), "utf8"))
    .replaceAll("{{ html_lang }}", language === "zh" ? "zh-CN" : "en")
    .replaceAll("{{ language }}", language)
    .replaceAll(/\{\{ say\([^)]*\) \}\}/g, words);
  response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(html);
}

/** Somebody's page with the launcher on it. */
function embed(response) {
  response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">' +
      "<title>镇政府网站</title></head><body><main><h1>某镇便民服务</h1><p>通知公告</p></main>" +
      '<script src="/static/mingbai.js" data-mode="floating" defer></script></body></html>',
  );
}

async function file(response, path) {
  const content = await readFile(join(WEB, normalize(path))).catch(() => null);
  if (!content) return problem(response, 404, "no such file");
  response.writeHead(200, { "Content-Type": TYPES[extname(path)] ?? "application/octet-stream" }).end(content);
  return undefined;
}

async function body(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return JSON.parse(text || "{}");
}

function json(response, status, data, type = "application/json") {
  response.writeHead(status, { "Content-Type": type }).end(JSON.stringify(data));
}

function problem(response, status, detail) {
  json(response, status, { title: "", detail }, "application/problem+json");
}

const port = Number(process.argv[2] ?? 8010);
server.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}/ and /embed`));
