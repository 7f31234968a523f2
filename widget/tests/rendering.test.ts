import { describe, expect, it, vi } from "vitest";

import { SAMPLES } from "../dev/samples.mjs";
import en from "../i18n/en.json";
import zh from "../i18n/zh.json";
import type { BarChart, Card, Language, LoanCostCard, Message } from "../src/contract";
import { dress } from "../src/format";
import { CARD_VIEWS, cardView, unsaid } from "../src/view/cards";
import { chartView, niceTicks } from "../src/view/chart";
import { messageView } from "../src/view/message";

const LANGUAGES: Language[] = ["zh", "en"];
const MARKUP = '<img src=x onerror="alert(1)"><b>b</b>&amp;';

function message(content: Partial<Message>): Message {
  return { id: "m", author: "bot", text: "", buttons: [], card: null, created_at: "", ...content };
}

function sample(name: string, language: Language): Message {
  return message(SAMPLES[name]?.(language) ?? {});
}

/** The same card with every text replaced. */
function poisoned<T>(value: T): T {
  if (Array.isArray(value)) return value.map(poisoned) as T;
  if (typeof value !== "object" || value === null) return value;
  const keep = new Set(["type", "level", "stage", "unit", "values"]);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, keep.has(key) ? inner : typeof inner === "string" ? MARKUP : poisonedInner(inner)]),
  ) as T;
}

function poisonedInner(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => (typeof item === "string" ? MARKUP : poisonedInner(item)));
  return poisoned(value);
}

describe("markup", () => {
  it.each(["user", "bot"] as const)("in the words of the %s is shown as it was written", (author) => {
    const view = messageView(message({ author, text: MARKUP, buttons: [{ title: MARKUP, payload: "/x" }] }), "zh", vi.fn());
    expect(view.querySelector("img, b")).toBeNull();
    expect(view.querySelector(".bubble")?.textContent).toBe(MARKUP);
  });

  it.each(Object.keys(SAMPLES))("in a card (%s) is shown as it was written", (name) => {
    const card = poisoned(sample(name, "zh").card) as Card;
    const view = cardView(card, "zh");
    expect(view?.querySelector("img, script")).toBeNull();
    expect(view?.textContent).toContain(MARKUP);
  });
});

describe("messages", () => {
  it("keep their line ends and say whose they are", () => {
    const view = messageView(message({ text: "一\n二" }), "zh", vi.fn());
    expect(view.querySelector(".bubble")?.textContent).toBe("一\n二");
    expect(view.querySelector(".hidden")?.textContent).toBe(zh.said_by_bot);
    expect(view.lang).toBe("zh-CN");
  });

  it("give the button that was tapped", () => {
    const onTap = vi.fn();
    const offered = { title: "主菜单", payload: "/menu" };
    messageView(message({ text: "好", buttons: [offered] }), "zh", onTap).querySelector("button")?.click();
    expect(onTap).toHaveBeenCalledWith(offered);
  });

  it("show the whole text when the card is unknown or broken", () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    for (const card of [{ type: "map" }, { type: "verdict", level: "danger" }]) {
      const view = messageView(message({ text: "全部的话", card: card as Card }), "zh", vi.fn());
      expect(view.querySelector(".card")).toBeNull();
      expect(view.querySelector(".bubble")?.textContent).toBe("全部的话");
    }
  });

  it("do not repeat lines that the card says word for word, and drop nothing else", () => {
    const card = sample("danger", "zh").card as Card;
    const sign = "“转到安全账户”：没有“安全账户”这回事。";
    expect(unsaid(`危险，这很像骗局。\n${sign}\n1. 先别转钱，先挂电话。`, card)).toBe("危险，这很像骗局。");
    expect(unsaid("别先别转钱，先挂电话。", card)).toBe("别先别转钱，先挂电话。");
  });
});

describe("cards", () => {
  it.each(Object.keys(SAMPLES))("%s shows in both languages", (name) => {
    for (const language of LANGUAGES) {
      const { card } = sample(name, language);
      const view = cardView(card as Card, language);
      expect(view?.textContent).toContain(card?.title);
      expect(view?.querySelector("[style]")).toBeNull();
    }
  });

  it("have a view for every type the samples have", () => {
    const types = new Set(Object.keys(SAMPLES).map((name) => sample(name, "zh").card?.type));
    expect(types).toEqual(new Set(Object.keys(CARD_VIEWS)));
  });

  it("tell the level of a verdict in words and by a shape", () => {
    const shapes = ["danger", "caution", "unsure", "no_sign"].map((level) => {
      const view = cardView(sample(level, "zh").card as Card, "zh");
      expect(view?.querySelector("h3")?.textContent).not.toBe("");
      return view?.querySelector(".level path")?.getAttribute("d");
    });
    expect(new Set(shapes).size).toBe(4);
  });

  it("say in words whether a line was crossed and an answer right", () => {
    const card = sample("loan", "zh").card as LoanCostCard;
    expect(cardView(card, "zh")?.querySelector(".line strong")?.textContent).toBe(zh.crossed);
    const not = { ...card, lines: card.lines.map((line) => ({ ...line, crossed: false })) };
    expect(cardView(not, "en")?.querySelector(".line strong")?.textContent).toBe(en.not_crossed);
    expect(cardView(sample("wrong", "en").card as Card, "en")?.textContent).toContain(en.wrong);
  });

  it("copy a receipt as it is written", async () => {
    const writeText = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    const view = cardView(sample("receipt", "zh").card as Card, "zh");
    expect(Array.from(view?.querySelectorAll(".digits span") ?? [], (span) => span.textContent)).toEqual(["4821", "0937", "5560", "1248"]);
    view?.querySelector("button")?.click();
    await vi.waitFor(() => expect(view?.querySelector("button")?.textContent).toBe(zh.copied));
    expect(writeText).toHaveBeenCalledWith("4821 0937 5560 1248");
  });
});

describe("charts", () => {
  const chart = (sample("loan", "zh").card as LoanCostCard).chart;

  function drawn(given: BarChart): { heights: number[][]; table: (string | null)[][] } {
    const view = chartView(given, "zh");
    const heights = given.series.map((_, at) =>
      Array.from(view.querySelectorAll(`.picture .s${at}`), (bar) => Number(bar.getAttribute("height"))),
    );
    const table = Array.from(view.querySelectorAll("tbody tr"), (row) => Array.from(row.children, (cell) => cell.textContent));
    return { heights, table };
  }

  it("have the numbers of the picture in the table", () => {
    const { table } = drawn(chart);
    expect(table).toEqual(
      chart.x.map((name, at) => [name, ...chart.series.map(({ values }) => dress(values[at] ?? "", "yuan"))]),
    );
  });

  it("draw every bar as high as its number, on one scale", () => {
    const varied: BarChart = { ...chart, x: ["1", "2"], series: [{ label: "a", values: ["100", "50"] }, { label: "b", values: ["20", "80"] }] };
    const [a, b] = drawn(varied).heights;
    const scale = (a?.[0] ?? 0) / 100;
    expect(scale).toBeGreaterThan(0);
    [a?.[1], b?.[0], b?.[1]].forEach((height, at) => expect(height).toBeCloseTo(scale * ([50, 20, 80][at] ?? 0), 1));
  });

  it("are named and described", () => {
    const view = chartView(chart, "zh");
    const picture = view.querySelector(".picture");
    expect(picture?.getAttribute("role")).toBe("img");
    expect(view.querySelector(`#${picture?.getAttribute("aria-labelledby")}`)?.textContent).toBe(chart.title);
    expect(view.querySelector(`#${picture?.getAttribute("aria-describedby")}`)?.textContent).toBe(chart.description);
  });

  it("survive numbers that make no sense", () => {
    const odd: BarChart = { ...chart, x: ["1", "2", "3"], series: [{ label: "a", values: ["x", "-5"] }] };
    expect(drawn(odd).heights).toEqual([[]]);
    expect(drawn({ ...chart, x: [], series: [] }).table).toEqual([]);
  });

  it.each([
    [1200, [0, 500, 1000, 1500]],
    [0.7, [0, 0.25, 0.5, 0.75]],
    [0, [0]],
    [Number.NaN, [0]],
  ])("have round ticks up to %d", (greatest, ticks) => {
    expect(niceTicks(greatest)).toEqual(ticks);
  });
});

describe("catalogs", () => {
  it("have the same keys, all filled, with the same placeholders", () => {
    expect(Object.keys(en)).toEqual(Object.keys(zh));
    for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
      expect(en[key]).not.toBe("");
      expect(zh[key]).not.toBe("");
      expect(en[key].match(/\{\w+\}/g)).toEqual(zh[key].match(/\{\w+\}/g));
    }
  });
});
