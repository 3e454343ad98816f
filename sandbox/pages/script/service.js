/** The control side of the portal, as the page calls it. */

import { choose, chosen } from "./state.js";

const TOAST_FOR_MS = 6000;
let lastToast = 0;

export async function read(path, query = {}) {
  const search = new URLSearchParams(query).toString();
  return answer(await fetch(`/_sandbox/${path}${search ? `?${search}` : ""}`));
}

export async function act(path, body = {}) {
  const headers = { "Content-Type": "application/json" };
  return answer(await fetch(`/_sandbox/${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

async function answer(response) {
  const said = await response.json();
  if (!response.ok) throw new Error(said.description || said.error || `HTTP ${response.status}`);
  return said;
}

/** Do what a person asked for and tell him when the portal refuses; resolves to null then. */
export async function attempt(doing) {
  try {
    return await doing();
  } catch (error) {
    toast(error.message, "bad");
    return null;
  }
}

/** Show a short notice that goes by itself. */
export function toast(text, kind = "plain", title = "") {
  const shown = { id: (lastToast += 1), text, kind, title };
  choose({ toasts: [...chosen.toasts, shown].slice(-4) });
  setTimeout(() => dismiss(shown.id), TOAST_FOR_MS);
}

export function dismiss(id) {
  choose({ toasts: chosen.toasts.filter((one) => one.id !== id) });
}
