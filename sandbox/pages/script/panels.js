/** Which panels are open, one over another, and which addresses of the portal open one; sliders.js draws them. */

import { findChat, findItem, funnelKeyOf, ownerOf } from "./lookup.js";
import { choose, chosen } from "./state.js";

/** Addresses of cards in a portal: `/crm/deal/details/5/`, `/crm/type/128/details/3/`. */
const CARD_PATH = /^\/crm\/(?:(lead|deal)|type\/(\d+))\/details\/(\d+)\/?$/;
const TYPES = { lead: 1, deal: 2 };
/** A permanent address of a page of the application: `/marketplace/view/<client_id>/?params[run]=7`. */
const APP_PATH = /^\/marketplace\/(?:view|app)\/[^/]+\/?$/;
/** A dialog by its chat or by one of its sessions: `/online/?IM_DIALOG=chat1701`, `/online/?IM_HISTORY=imol|301`. */
const DIALOG = /[?&]IM_(?:DIALOG=chat|HISTORY=imol(?:\||%7C))(\d+)/;
let lastPanel = 0;

function open(panel) {
  const returnTo = document.activeElement;
  return new Promise((onClosed) => {
    const added = { id: (lastPanel += 1), returnTo, onClosed, ...panel };
    choose({ panels: [...chosen.panels, added], menu: null });
    setTimeout(() => document.getElementById(`panel-${added.id}`)?.focus());
  });
}

/** Show an item's card; resolves when it is closed. A card that is already on top is not opened twice. */
export function openCard(type, id) {
  const top = chosen.panels.at(-1);
  if (top?.kind === "card" && top.type === type && top.item === id) return Promise.resolve();
  return open({ kind: "card", type, item: id, tab: "general" });
}

/** Show a page of the application; parameters that begin with `bx24_` are for the portal, the rest for the page. */
export function openApplication(given) {
  const own = {};
  const options = {};
  for (const [name, value] of Object.entries(given ?? {})) {
    (name.startsWith("bx24_") ? own : options)[name.replace(/^bx24_/, "")] = value;
  }
  return open({ kind: "app", title: String(own.title ?? ""), width: Number(own.width) || 0, options });
}

/** Follow an address of the portal; resolves as the portal's own slider does. */
export async function openPath(path) {
  const url = new URL(path, window.location.origin);
  const card = CARD_PATH.exec(url.pathname);
  const type = card && (TYPES[card[1]] ?? Number(card[2]));
  if (card && findItem(type, card[3])) await openCard(type, Number(card[3]));
  else if (APP_PATH.test(url.pathname)) await openApplication(paramsOf(url.searchParams));
  else if (url.pathname === "/online/" && showDialog(url.search)) return { result: "close" };
  else return { result: "error", errorCode: "PATH_NOT_AVAILABLE" };
  return { result: "close" };
}

/** Bring a dialog to the screen with the card it belongs to. */
function showDialog(search) {
  const [, number] = DIALOG.exec(search) ?? [];
  const chat = number && findChat(Number(number));
  const owner = chat && ownerOf(chat);
  if (!owner) return false;
  choose({ funnel: funnelKeyOf(owner), item: { type: owner.entityTypeId, id: owner.id }, chat: chat.id });
  closePanels();
  return true;
}

function paramsOf(search) {
  const found = {};
  for (const [name, value] of search) {
    const inner = /^params\[(\w+)\]$/.exec(name);
    if (inner) found[inner[1]] = value;
  }
  return found;
}

export function closeTopPanel() {
  const top = chosen.panels.at(-1);
  if (top) closePanel(top.id);
}

export function closePanel(id) {
  const panel = chosen.panels.find((one) => one.id === id);
  if (!panel) return;
  choose({ panels: chosen.panels.filter((one) => one !== panel) });
  panel.onClosed();
  setTimeout(() => panel.returnTo?.isConnected && panel.returnTo.focus());
}

export function closePanels() {
  for (const panel of chosen.panels) closePanel(panel.id);
}

/** Change what a panel shows: its title, its tab. */
export function setPanel(id, changes) {
  choose({ panels: chosen.panels.map((one) => (one.id === id ? { ...one, ...changes } : one)) });
}

/** What the frames in a panel may do with the page around them. */
export function parentOf(id) {
  return {
    setTitle: () => {}, // the title of a slider is what it was opened with
    openApplication,
    openPath,
    close: () => closePanel(id),
  };
}
