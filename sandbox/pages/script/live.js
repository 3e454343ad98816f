/** Keeps the page true: whenever the portal says that it changed, what changed in it is fetched and merged in. */

import { read } from "./service.js";
import { portalView, setView } from "./state.js";

/** The rows of every part by their keys, as the portal has told them so far. */
const parts = {};
let follows = { mark: 0, instance: "" };
let talk = 0;
let running = null;
let isStale = false;

/** Fetch what changed; resolves when what was true at the call is on its way to the screen. */
export function refresh() {
  isStale = true;
  running ??= fetchAll().finally(() => {
    running = null;
    return isStale ? refresh() : undefined; // the drawing of what came may have asked for more
  });
  return running;
}

async function fetchAll() {
  while (isStale) {
    isStale = false;
    const { rows, gone, mark, since, ...whole } = await read("changes", { ...follows, talk: String(talk) });
    // Another portal has been started at the same address.
    if (follows.instance && whole.instance !== follows.instance) window.location.reload();
    follows = { mark, instance: whole.instance };
    merge(rows, gone, since === 0);
    setView({ ...whole, ...Object.fromEntries(Object.keys(rows).map((name) => [name, [...parts[name].values()]])) });
  }
}

function merge(rows, gone, isWhole) {
  for (const [name, changed] of Object.entries(rows)) {
    if (isWhole) parts[name] = new Map();
    for (const key of gone[name]) parts[name].delete(key);
    for (const [key, row] of Object.entries(changed)) parts[name].set(key, row);
  }
}

/** Name the chat on the screen: only that one comes with its messages. */
export function followChat(id) {
  if (id === talk) return;
  talk = id;
  if (id && portalView()?.talk?.id !== id) refresh().catch(() => {}); // the watcher tells when the portal is away
}

/** Follow the portal; `onTrouble` is told whether it is out of reach. */
export function watch(onTrouble) {
  const source = new EventSource("/_sandbox/events");
  const look = () => refresh().then(() => onTrouble(false), () => onTrouble(true));
  source.addEventListener("version", look);
  source.onopen = look;
  source.onerror = () => onTrouble(true);
}
