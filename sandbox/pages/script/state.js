/** What the page knows: the portal as it last said it, and what the person at the page has chosen. */

/** The portal as GET /_sandbox/changes has told it so far; null until the first answer. */
let view = null;
const listeners = [];
let isPlanned = false;

export const chosen = {
  lang: "ru",
  /** `"<entityTypeId>:<categoryId>"` of the funnel on the screen. */
  funnel: null,
  /** `{type, id}` of the card whose dialog is on the screen. */
  item: null,
  /** Id of the chat on the screen, where an item has several. */
  chat: null,
  /** Id of the employee who sits at this page. */
  me: 0,
  /** Who writes in the chat: client, staff or hidden; and which employee. */
  voice: "staff",
  employee: 0,
  /** What is typed and not yet sent, by chat id. */
  drafts: {},
  /** The open panels: `{kind: "card"|"app"|…}`, the topmost last. */
  panels: [],
  /** The open menu: `{name, …}`. */
  menu: null,
  /** The open automation editor: `{type, stage, robots, …}`. */
  editor: null,
  /** The open settings of lines: `{id, values, returnTo}`. */
  lines: null,
  /** The open dialog in which an application lets people choose: `{kind, options, …}`. */
  picker: null,
  /** Stages whose cards are all shown, however many they are. */
  unfolded: [],
  /** Which tab of the right pane is on the screen: app or journal. */
  rightTab: "app",
  /** What of the journal is shown: `{kind, text, badOnly}`. */
  journal: { kind: "", text: "", badOnly: false },
  appTitle: "",
  seenNotification: 0,
  toasts: [],
};

export function portalView() {
  return view;
}

export function setView(next) {
  view = next;
  plan();
}

/** Change what is chosen and draw the page anew. */
export function choose(changes) {
  Object.assign(chosen, changes);
  plan();
}

export function onChange(listener) {
  listeners.push(listener);
}

/** Resolve when what is planned has been drawn. */
export function drawnSoon() {
  return new Promise((resolve) => setTimeout(resolve));
}

function plan() {
  if (isPlanned) return;
  isPlanned = true;
  // A task and not a frame: a page in a hidden tab gets no frames, and must not be late when it is shown.
  queueMicrotask(() => {
    isPlanned = false;
    for (const listener of listeners) listener();
  });
}
