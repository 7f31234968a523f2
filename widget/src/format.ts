/** Decimal strings dressed for reading. Never through a floating-point number: the digits shown are the digits sent. */

import type { Unit } from "./contract";

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** Half up, to at most this many places, as a plain decimal string; anything else as it came. */
export function round(value: string, places: number): string {
  const match = DECIMAL.exec(value);
  if (!match) return value;
  const [, sign = "", whole = "", fraction = ""] = match;
  const kept = fraction.slice(0, places).padEnd(places, "0");
  const up = (fraction[places] ?? "0") >= "5" ? 1n : 0n;
  const digits = (BigInt(whole + kept) + up).toString().padStart(places + 1, "0");
  const cut = digits.length - places;
  const isZero = /^0*$/.test(digits);
  return `${sign === "-" && !isZero ? "-" : ""}${digits.slice(0, cut)}${places ? `.${digits.slice(cut)}` : ""}`;
}

/** Thousands apart by commas. */
export function group(value: string): string {
  const match = DECIMAL.exec(value);
  if (!match) return value;
  const [, sign = "", whole = "", fraction] = match;
  return `${sign === "-" ? "−" : ""}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${fraction === undefined ? "" : `.${fraction}`}`;
}

/** The number alone; what stands after it (yuan, percent) is the renderer's. */
export function dress(value: string, unit: Unit): string {
  switch (unit) {
    case "yuan":
      return group(round(value, 2));
    case "percent":
      return group(trim(round(value, 2)));
    case "count":
      return group(trim(value));
    case "text":
      return value;
  }
}

function trim(value: string): string {
  return DECIMAL.test(value) && value.includes(".") ? value.replace(/\.?0+$/, "") : value;
}
