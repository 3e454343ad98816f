// Copy a text. Portals do not let a frame use the clipboard, so the old way comes first; it needs no permission.

import { toast, word } from "./toast.js";

export async function copy(text) {
  const area = Object.assign(document.createElement("textarea"), { value: text, readOnly: true, className: "visually-hidden" });
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  const held = document.activeElement;
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  held?.focus?.({ preventScroll: true });
  if (!isCopied) await navigator.clipboard.writeText(text);
  toast(word("copied"));
}
