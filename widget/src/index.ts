/** The script of the widget: defines `<mingbai-chat>`, and adds one to the page when its own tag asks for it. */

import { MingbaiChat } from "./element";

const script = document.currentScript as HTMLScriptElement | null;

if (!customElements.get("mingbai-chat")) customElements.define("mingbai-chat", MingbaiChat);

// <script src="…/mingbai.js" data-mode="floating" defer></script> is all an embedding page needs.
if (script?.dataset.mode && !document.querySelector("mingbai-chat")) {
  const element = document.createElement("mingbai-chat");
  element.setAttribute("mode", script.dataset.mode);
  if (script.dataset.language) element.setAttribute("language", script.dataset.language);
  if (script.dataset.baseUrl) element.dataset.baseUrl = script.dataset.baseUrl;
  if (document.body) document.body.append(element);
  else document.addEventListener("DOMContentLoaded", () => document.body.append(element));
}
