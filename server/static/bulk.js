// Many rows at once: which are ticked, and what is done to them after it was said what would come of it.
//
// data-bulk is the action; the runs are the ticked ones, all that the list finds, or those of data-bulk-address.

import { busy, send } from "./actions.js";
import { ask, questionOf } from "./ask.js";
import { toast } from "./toast.js";

const picked = new Set();
// The filter all of whose runs are meant; a list that is filtered anew forgets it.
let all = null;

export function listenToPicks(changed) {
  document.addEventListener("change", (event) => {
    if (event.target.matches("input.pick")) pick(event.target.value, event.target.checked);
    if (event.target.matches("[data-pick-all]")) {
      for (const box of boxes()) pick(box.value, event.target.checked);
    }
    showPicks();
  });
  document.addEventListener("click", async (event) => {
    const found = event.target.closest("[data-pick-found]");
    if (found) all = isAll() ? null : address();
    if (event.target.closest("[data-unpick]")) forgetPicks();
    if (found || event.target.closest("[data-unpick]")) showPicks();
    const button = event.target.closest("button[data-bulk]");
    if (button) await act(button, changed);
  });
}

export function forgetPicks() {
  picked.clear();
  all = null;
}

// Ticks outlive rows that are drawn anew, and end with rows that are gone.
export function showPicks() {
  const bar = document.getElementById("bulk");
  const shown = boxes();
  const there = new Set(shown.map((box) => box.value));
  for (const id of [...picked]) if (!there.has(id)) picked.delete(id);
  for (const box of shown) {
    box.checked = isAll() || picked.has(box.value);
    box.closest("tr").dataset.picked = box.checked ? "yes" : "no";
  }
  const head = document.querySelector("[data-pick-all]");
  if (head) {
    head.checked = isAll() || (shown.length > 0 && picked.size === shown.length);
    head.indeterminate = !head.checked && picked.size > 0;
  }
  if (!bar) return;
  bar.hidden = !hasPicks();
  bar.querySelector("[data-count]").textContent = isAll() ? bar.dataset.all : String(picked.size);
  bar.querySelector("[data-pick-found]").setAttribute("aria-pressed", String(isAll()));
}

// The row that the keyboard stands on, or that a menu belongs to.
export function togglePick(row) {
  const box = row?.querySelector("input.pick");
  if (!box) return;
  pick(box.value, !picked.has(box.value));
  showPicks();
}

export function hasPicks() {
  return isAll() || picked.size > 0;
}

function address() {
  return document.getElementById("bulk")?.dataset.address ?? null;
}

function isAll() {
  return all !== null && all === address();
}

function boxes() {
  return [...document.querySelectorAll("input.pick")];
}

function pick(id, yes) {
  all = null;
  if (yes) picked.add(id);
  else picked.delete(id);
}

function wanted(button) {
  const { bulk: action, bulkAddress } = button.dataset;
  if (bulkAddress !== undefined) return { action, address: bulkAddress };
  return isAll() ? { action, address: all } : { action, ids: [...picked] };
}

async function act(button, changed) {
  button.closest("details.menu")?.removeAttribute("open");
  await busy(button, async () => {
    const preview = await send("/api/bulk/preview", wanted(button));
    if (!preview) return;
    const question = questionOf(button);
    const { yes, value } = await ask({ ...question, lines: preview.lines });
    if (!yes || !preview.ids.length) return;
    const order = { action: button.dataset.bulk, ids: preview.ids };
    if (question.field) order[question.field] = value;
    const done = await send("/api/bulk", order);
    if (!done) return;
    toast(done.text);
    forgetPicks();
    changed();
  });
}
