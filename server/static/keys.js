// The keyboard: what each key does is said by the dialog that the question mark opens.

import { bringNear } from "./place.js";
import { hasPicks, togglePick } from "./bulk.js";

const PLACES = { r: "/ui/runs", t: "/ui/timers", h: "/ui/health", s: "/ui/statistics" };
const SECOND_MS = 1200;

let going = 0;

export function listenToKeys(go) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") document.querySelector("details.menu[open]")?.removeAttribute("open");
    if (event.target.closest("input:not([type=checkbox]), select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (press(event.key, go)) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys]")) help();
  });
}

// Returns whether the key meant something.
function press(key, go) {
  if (Date.now() < going) {
    going = 0;
    if (PLACES[key]) go(PLACES[key]);
    return key in PLACES;
  }
  switch (key) {
    case "/": document.getElementById("q")?.focus(); return true;
    case "j": return step(1);
    case "k": return step(-1);
    case "x": togglePick(document.activeElement.closest("tr")); return true;
    case "r": return retry();
    case "g": going = Date.now() + SECOND_MS; return true;
    case "?": help(); return true;
    default: return false;
  }
}

function step(by) {
  const links = [...document.querySelectorAll(".list .row-link")];
  const here = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  links[Math.min(links.length - 1, Math.max(0, here + by))]?.focus();
  return true;
}

// Repeat what is ticked, or else the row on which the keyboard stands; on the page of a run open its menu.
function retry() {
  const menu = document.querySelector("#run details.menu");
  if (menu) {
    menu.open = true;
    menu.querySelector("button")?.focus();
    return true;
  }
  if (!hasPicks()) togglePick(document.activeElement.closest("tr"));
  if (hasPicks()) document.querySelector("#bulk [data-bulk=retry_step]")?.click();
  return true;
}

function help() {
  const dialog = document.getElementById("keys");
  dialog?.showModal();
  if (dialog) bringNear(dialog);
}
