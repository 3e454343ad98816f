/** Three hints for a first visit; each ticks itself when it is done, and all go for good when closed. */

import { iconButton } from "./controls.js";
import { h } from "./element.js";
import { icon } from "./icons.js";
import { funnels, robotsOn } from "./lookup.js";
import { choose, portalView } from "./state.js";
import { say } from "./words.js";

const CLOSED_KEY = "dezhurny.hints.closed";
const done = { move: false, open: false, answer: false };
let isClosed = remembers();
let first = null;

function remembers() {
  try {
    return window.localStorage.getItem(CLOSED_KEY) === "1";
  } catch {
    return false; // storage may be forbidden; the hints are then shown again
  }
}

function close() {
  isClosed = true;
  try {
    window.localStorage.setItem(CLOSED_KEY, "1");
  } catch {
    // as above
  }
  choose({});
}

/** Nothing is done yet: the portal was begun anew. */
export function beginHints() {
  first = null;
  Object.assign(done, { move: false, open: false, answer: false });
}

/** The person looked into the application: its frame got the keyboard, or a page of it was opened. */
export function sawApplication() {
  if (done.open) return;
  done.open = true;
  choose({});
}

/** Compare with what the portal was at the first look. */
export function noteProgress() {
  const view = portalView();
  first ??= { processes: view.processes.length, answers: new Map(view.chats.map((chat) => [chat.id, chat.answers])) };
  done.move ||= view.processes.length > first.processes;
  done.answer ||= done.move && view.chats.some((chat) => chat.answers > (first.answers.get(chat.id) ?? chat.answers));
}

export function hints() {
  if (isClosed) return null;
  const steps = [
    { code: "move", text: say("hint_move", { stage: stageToDragTo() }) },
    { code: "open", text: say("hint_open") },
    { code: "answer", text: say("hint_answer") },
  ];
  const next = steps.find((one) => !done[one.code]);
  return h(
    "div",
    { class: "hints", id: "hints", key: "hints", role: "note" },
    steps.map((one, index) => hint(one, index + 1, one === next)),
    !next && h("b", { key: "all" }, say("hints_done")),
    iconButton("close", say("hints_close"), close, { key: "close" }),
  );
}

function hint({ code, text }, number, isNext) {
  const isDone = done[code];
  return h(
    "span",
    { class: `hint ${isDone ? "is-done" : ""} ${isNext ? "is-next" : ""}`, key: code, "data-hint": code },
    h("span", { class: "hint-number" }, isDone ? icon("check") : String(number)),
    text,
  );
}

/** A stage with robots, but not the first, where new deals stand already. */
function stageToDragTo() {
  const stagesOf = (one) => one.stages.slice(1).map((stage) => ({ type: one.entityTypeId, ...stage }));
  const later = funnels().flatMap(stagesOf);
  return (later.find((place) => robotsOn(place.type, place.id).length) ?? later[0])?.name ?? "";
}
