import { describe, expect, it, vi } from "vitest";

import en from "../i18n/en.json";
import zh from "../i18n/zh.json";
import { MAX_FILE_BYTES, type Session } from "../src/contract";
import { ChatClient, Problem } from "../src/transport";
import { Composer } from "../src/view/composer";
import { Uploads } from "../src/view/uploads";

const SESSION: Session = { id: "c1", token: "secret", language: "zh" };

function file(name: string, size = 3): File {
  const made = new File(["abc"], name);
  Object.defineProperty(made, "size", { value: size });
  return made;
}

function uploads(answers: (Problem | null)[]) {
  const sendFile = vi.fn(async (_file: File, onProgress: (share: number) => void) => {
    onProgress(0.5);
    return answers.shift() ?? null;
  });
  const announceFiles = vi.fn();
  return { view: new Uploads({ sendFile, announceFiles }, () => "zh"), sendFile, announceFiles };
}

describe("Uploads", () => {
  it("sends one after another and has the assistant answer once", async () => {
    const { view, sendFile, announceFiles } = uploads([null, null]);
    const sent = view.send([file("a.jpg"), file("b.pdf")]);
    expect(view.element.querySelectorAll("progress")).toHaveLength(2);
    expect(view.element.querySelector("[role=status]")?.textContent).toBe("正在传：a.jpg");
    await sent;
    expect(sendFile).toHaveBeenCalledTimes(2);
    expect(announceFiles).toHaveBeenCalledExactlyOnceWith("（发了文件）");
    expect(view.element.childElementCount).toBe(0);
  });

  it("shows in place why one was refused, keeps the others, and can be dismissed", async () => {
    const { view, announceFiles } = uploads([new Problem(415, "", "这种文件收不了。"), null]);
    await view.send([file("<b>x.exe"), file("b.jpg")]);
    expect(view.element.querySelector("[role=alert]")?.textContent).toBe("没收下：<b>x.exe这种文件收不了。");
    expect(view.element.querySelector("b")).toBeNull();
    expect(announceFiles).toHaveBeenCalledOnce();
    view.element.querySelector("button")?.click();
    expect(view.element.childElementCount).toBe(0);
  });

  it("does not send what is too large or empty", async () => {
    const { view, sendFile, announceFiles } = uploads([]);
    await view.send([file("a.jpg", MAX_FILE_BYTES + 1), file("b.jpg", 0)]);
    expect(sendFile).not.toHaveBeenCalled();
    expect(announceFiles).not.toHaveBeenCalled();
    expect(view.element.textContent).toContain(zh.file_too_large);
    expect(view.element.textContent).toContain(zh.file_empty);
  });

  it("says that the connection is down, in the words of the widget", async () => {
    const { view } = uploads([new Problem(0), new Problem(500)]);
    await view.send([file("a.jpg"), file("b.jpg")]);
    expect(view.element.textContent).toContain(zh.file_offline);
    expect(view.element.textContent).toContain(zh.file_failed);
    expect(Object.keys(en)).toEqual(Object.keys(zh));
  });
});

describe("Composer", () => {
  it("opens the chooser by its button, only when there is a conversation, and leaves the words alone", () => {
    const onFiles = vi.fn();
    const composer = new Composer(() => true, onFiles);
    composer.speak("en");
    composer.text = "half a sentence";
    const chooser = composer.element.querySelector<HTMLInputElement>("input[type=file]");
    const attach = composer.element.querySelector<HTMLButtonElement>(".attach");
    if (!chooser || !attach) throw new Error("no way to send files");
    const opened = vi.spyOn(chooser, "click").mockImplementation(() => undefined);
    expect(attach.getAttribute("aria-label")).toBe("Send photos or files");
    composer.isOpen = false;
    attach.click();
    expect(opened).not.toHaveBeenCalled();
    composer.isOpen = true;
    attach.click();
    expect(opened).toHaveBeenCalledOnce();
    Object.defineProperty(chooser, "files", { value: [file("a.jpg")] });
    chooser.dispatchEvent(new Event("change"));
    expect(onFiles.mock.calls[0]?.[0]).toHaveLength(1);
    expect(composer.text).toBe("half a sentence");
  });
});

describe("ChatClient.sendFile", () => {
  function request(status: number, body: unknown) {
    const made = {
      upload: {} as { onprogress?: (event: ProgressEvent) => void },
      headers: {} as Record<string, string>,
      url: "",
      status: 0,
      responseText: "",
      onload: (): void => undefined,
      onerror: (): void => undefined,
      open: (_method: string, url: string) => void (made.url = url),
      setRequestHeader: (name: string, value: string) => void (made.headers[name] = value),
      send: () => {
        made.upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 4 } as ProgressEvent);
        made.status = status;
        made.responseText = JSON.stringify(body);
        if (status) made.onload();
        else made.onerror();
      },
    };
    return made;
  }

  function client(made: ReturnType<typeof request>): ChatClient {
    return new ChatClient("https://mingbai.example", fetch, () => made as unknown as XMLHttpRequest);
  }

  it("sends the bytes with token and name in headers, and tells how far it is", async () => {
    const made = request(201, { id: "f" });
    const onProgress = vi.fn();
    await client(made).sendFile(SESSION, file("合同.jpg"), onProgress);
    expect(made.url).toBe("https://mingbai.example/api/v1/conversations/c1/files?more=true");
    expect(made.headers).toMatchObject({ Authorization: "Bearer secret", "X-File-Name": "%E5%90%88%E5%90%8C.jpg" });
    expect(onProgress).toHaveBeenCalledWith(0.25);
  });

  it("fails with the server's own sentence, or with none when there is no connection", async () => {
    const refused = client(request(415, { detail: "不行" })).sendFile(SESSION, file("a"), vi.fn());
    await expect(refused).rejects.toMatchObject({ status: 415, detail: "不行" });
    await expect(client(request(0, null)).sendFile(SESSION, file("a"), vi.fn())).rejects.toMatchObject({ status: 0 });
  });

  it("says that files were sent", async () => {
    const send = vi.fn<typeof fetch>(async () => new Response('{"messages": []}'));
    await new ChatClient("", send).say(SESSION, { files: true, title: "x", clientMessageId: "t" });
    expect(JSON.parse(String(send.mock.calls[0]?.[1]?.body))).toEqual({ files: true, client_message_id: "t" });
  });
});
