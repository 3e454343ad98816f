/** Keeps the page true: whenever the portal says that it changed, its view is fetched anew. */

import { read } from "./service.js";
import { portalView, setView } from "./state.js";

let isFetching = false;
let isStale = false;

export async function refresh() {
  if (isFetching) {
    isStale = true;
    return;
  }
  isFetching = true;
  try {
    do {
      isStale = false;
      setView(await read("view"));
    } while (isStale);
  } finally {
    isFetching = false;
  }
}

export function watch(onTrouble) {
  const source = new EventSource("/_sandbox/events");
  source.addEventListener("version", (event) => {
    onTrouble(false);
    if (Number(event.data) !== portalView()?.version) refresh().catch(() => onTrouble(true));
  });
  source.onerror = () => onTrouble(true);
  source.onopen = () => {
    onTrouble(false);
    refresh().catch(() => onTrouble(true));
  };
}
