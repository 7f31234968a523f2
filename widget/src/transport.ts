/** Calls to the web gateway. Every failure is a `Problem`, whether the network or the server is the cause. */

import { type Language, type Message, type Said, type Session, isLanguage, isRecord, readMessages } from "./contract";
import { type ServerEvent, readEvents } from "./sse";

/** Longer than the server's own time-outs: sending again while it still works would only wait behind that. */
const PATIENCE_MS = 60_000;

/** Why a call failed. `status` 0: the server was not reached. `detail` is the server's own sentence, or empty. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title = "",
    readonly detail = "",
  ) {
    super(detail || title || `status ${status}`);
    this.name = "Problem";
  }

  /** The conversation is gone, or is not ours: only a new one helps. */
  get isGone(): boolean {
    return this.status === 401 || this.status === 403 || this.status === 404;
  }

  /** The server, or something on the way to it, is overburdened or away for now. */
  get isPassing(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

export interface Opened {
  session: Session;
  messages: Message[];
}

export class ChatClient {
  constructor(
    private readonly baseUrl: string,
    private readonly send: typeof fetch = (input, init) => fetch(input, init),
    private readonly request: () => XMLHttpRequest = () => new XMLHttpRequest(),
  ) {}

  async open(language: Language | null): Promise<Opened> {
    const data = await this.json("POST", "", null, { language });
    if (!isRecord(data) || typeof data.conversation_id !== "string" || typeof data.token !== "string") {
      throw new Problem(502);
    }
    const session = {
      id: data.conversation_id,
      token: data.token,
      language: isLanguage(data.language) ? data.language : (language ?? "zh"),
    };
    return { session, messages: readMessages(data) };
  }

  async say(session: Session, said: Said): Promise<Message[]> {
    const content = "payload" in said ? { payload: said.payload } : "files" in said ? { files: true } : { text: said.text };
    const body = { ...content, client_message_id: said.clientMessageId };
    return readMessages(await this.json("POST", `/${encodeURIComponent(session.id)}/messages`, session, body));
  }

  async history(session: Session, after = ""): Promise<Message[]> {
    const query = after ? `?after=${encodeURIComponent(after)}` : "";
    return readMessages(await this.json("GET", `/${encodeURIComponent(session.id)}/messages${query}`, session));
  }

  /** By the older kind of request: only that one tells how far it is. `more` follows, so nothing is answered yet. */
  async sendFile(session: Session, file: File, onProgress: (share: number) => void): Promise<void> {
    const request = this.request();
    request.open("POST", `${this.baseUrl}/api/v1/conversations/${encodeURIComponent(session.id)}/files?more=true`);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Authorization", `Bearer ${session.token}`);
    request.setRequestHeader("X-File-Name", encoded(file.name));
    request.upload.onprogress = (event) => onProgress(event.lengthComputable ? event.loaded / event.total : 0);
    await new Promise<void>((resolve, reject) => {
      request.onload = () => (request.status === 201 ? resolve() : reject(problemOf(request.status, parsed(request.responseText))));
      request.onerror = request.onabort = () => reject(new Problem(0));
      request.send(file);
    });
  }

  /** Outlives the page (`keepalive`): a person who leaves quickly does not wait for it. */
  async forget(session: Session): Promise<void> {
    await this.call("DELETE", `/${encodeURIComponent(session.id)}`, session, undefined, { keepalive: true });
  }

  /** What the server pushes, until the stream ends. `onOpen` is called once it listens. */
  async *events(session: Session, after: string, signal: AbortSignal, onOpen: () => void): AsyncGenerator<ServerEvent> {
    const query = after ? `?after=${encodeURIComponent(after)}` : "";
    const path = `/${encodeURIComponent(session.id)}/events${query}`;
    const response = await this.call("GET", path, session, undefined, { signal }, "text/event-stream");
    if (!response.body) throw new Problem(0);
    onOpen();
    yield* readEvents(response.body);
  }

  private async json(method: string, path: string, session: Session | null, body?: unknown): Promise<unknown> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
    try {
      const response = await this.call(method, path, session, body, { signal: abort.signal });
      return await response.json();
    } catch (error) {
      throw error instanceof Problem ? error : new Problem(0);
    } finally {
      clearTimeout(timer);
    }
  }

  private async call(
    method: string,
    path: string,
    session: Session | null,
    body: unknown,
    init: RequestInit,
    accept = "application/json",
  ): Promise<Response> {
    const headers: Record<string, string> = { Accept: accept };
    if (session) headers.Authorization = `Bearer ${session.token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let response: Response;
    try {
      response = await this.send(`${this.baseUrl}/api/v1/conversations${path}`, {
        ...init,
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
    } catch {
      throw new Problem(0);
    }
    if (!response.ok) throw await readProblem(response);
    return response;
  }
}

async function readProblem(response: Response): Promise<Problem> {
  return problemOf(response.status, await response.json().catch(() => null));
}

function problemOf(status: number, data: unknown): Problem {
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  return isRecord(data) ? new Problem(status, text(data.title), text(data.detail)) : new Problem(status);
}

/** The end of a name, where its ending is. Half a letter, which some systems allow, has no encoding. */
function encoded(name: string): string {
  try {
    return encodeURIComponent(Array.from(name).slice(-80).join(""));
  } catch {
    return "";
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
