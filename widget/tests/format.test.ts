import { describe, expect, it } from "vitest";

import { dress, group, round } from "../src/format";

describe("amounts", () => {
  it.each([
    ["12345.6", "12,345.60"],
    ["0.005", "0.01"],
    ["0.004", "0.00"],
    ["-0.004", "0.00"],
    ["-1234.5", "−1,234.50"],
    ["999.995", "1,000.00"],
    // More digits than a floating-point number holds.
    ["9007199254740993.01", "9,007,199,254,740,993.01"],
  ])("shows %s yuan as %s", (value, shown) => {
    expect(dress(value, "yuan")).toBe(shown);
  });

  it.each([
    ["24", "24"],
    ["23.876543", "23.88"],
    ["12.0", "12"],
    ["12.50", "12.5"],
    ["100", "100"],
  ])("shows %s percent as %s", (value, shown) => {
    expect(dress(value, "percent")).toBe(shown);
  });

  it("leaves alone what is no number", () => {
    expect(dress("大得没有意义", "percent")).toBe("大得没有意义");
    expect(dress("1e5", "yuan")).toBe("1e5");
    expect(dress("2026-10-12", "text")).toBe("2026-10-12");
    expect(group("1-3")).toBe("1-3");
    expect(round("", 2)).toBe("");
  });
});
