/** Keeps the page true: whenever the portal says that it changed, its view is fetched anew. */

import { read } from "./service.js";
import { portalView, setView } from "./state.js";

let running = null;
let isStale = false;

/** Fetch the view; resolves when what was true at the call is on its way to the screen. */
export function refresh() {
  isStale = true;
  running ??= fetchAll().finally(() => {
    running = null;
  });
  return running;
}

async function fetchAll() {
  while (isStale) {
    isStale = false;
    const view = await read("view");
    // Versions only grow: a lower one is another portal, started at the same address.
    if (view.version < (portalView()?.version ?? 0)) window.location.reload();
    setView(view);
  }
}

/** Follow the portal; `onTrouble` is told whether it is out of reach. */
export function watch(onTrouble) {
  const source = new EventSource("/_sandbox/events");
  const look = () => refresh().then(() => onTrouble(false), () => onTrouble(true));
  source.addEventListener("version", look);
  source.onopen = look;
  source.onerror = () => onTrouble(true);
}
