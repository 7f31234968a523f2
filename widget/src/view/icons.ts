/** Drawn here: no icon font, no picture to fetch. Always beside words or under a label, so hidden from readers. */

import { svg } from "./dom";

const PATHS = {
  send: "M12 20V5m-6.5 6L12 4.5 18.5 11",
  attach: "M20 11.5l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4l7.5-7.5",
  close: "M6 6l12 12M18 6L6 18",
  leave: "M10 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4m5-12 4 4-4 4m4-4H10",
  copy: "M9 9h10v11H9zM5 15V4h10",
  check: "M5 12.5 10 17.5 19 7",
  danger: "M8.2 3h7.6L21 8.2v7.6L15.8 21H8.2L3 15.8V8.2zM12 7.5v5.5m0 3.2v.1",
  caution: "M12 4 2.8 20h18.4zM12 10v4.5m0 2.7v.1",
  unsure: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM9.4 9.3a2.7 2.7 0 1 1 4.2 2.6c-1 .7-1.6 1.2-1.6 2.3m0 2.6v.1",
  no_sign: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.3 15.3 21 21",
  bookmark: "M7 3.5h10V20l-5-3.8L7 20z",
  above: "M12 20V6m-5.5 5L12 5.5 17.5 11M4 2.5h16",
  below: "M4 12h16M12 21v-4",
} as const;

export type Icon = keyof typeof PATHS;

export function icon(name: Icon): SVGSVGElement {
  return svg(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: PATHS[name] }),
  );
}

/** The mark: sun 日 in the arms of the moon 月, the two halves of 明, in a seal. */
export function mark(): SVGSVGElement {
  return svg(
    "svg",
    { class: "mark", viewBox: "0 0 48 48", "aria-hidden": "true", focusable: "false" },
    svg("rect", { class: "seal", x: 1, y: 1, width: 46, height: 46, rx: 13 }),
    svg("circle", { class: "sun", cx: 18.6, cy: 24, r: 5.8 }),
    svg("path", { class: "moon", d: "M13.9 12.9a15 15 0 1 1 0 22.2 12.2 12.2 0 1 0 0-22.2z" }),
  );
}
