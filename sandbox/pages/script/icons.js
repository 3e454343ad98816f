/** Small drawings in place of words that would not fit; every use of one has a word beside it or a label. */

import { h } from "./element.js";

const PATHS = {
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5a2 2 0 0 0 4 0",
  people: "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3.5 19c.4-3 2.6-5 5.5-5s5.1 2 5.5 5M15.5 5.3a3 3 0 0 1 0 5.4M17 14.5c2 .6 3.2 2.2 3.5 4.5",
  bolt: "M13 3 5.5 13.5H11L10 21l8-11h-5.5z",
  robot: "M7 9h10a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-6a2 2 0 0 1 2-2zM12 9V5.5M9.5 13.5v1M14.5 13.5v1M10 16.5h4",
  chat: "M4.5 6.5A1.5 1.5 0 0 1 6 5h12a1.5 1.5 0 0 1 1.5 1.5v8A1.5 1.5 0 0 1 18 16h-7l-4.5 4v-4H6a1.5 1.5 0 0 1-1.5-1.5z",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  plus: "M12 6v12M6 12h12",
  close: "M7 7l10 10M17 7 7 17",
  check: "M5.5 12.5 10 17l8.5-9.5",
  eye: "M3.5 12S6.5 6.5 12 6.5 20.5 12 20.5 12 17.5 17.5 12 17.5 3.5 12 3.5 12zM12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  reload: "M18.5 12a6.5 6.5 0 1 1-2-4.7M17 4v4h-4",
  list: "M5 7h.01M9 7h10M5 12h.01M9 12h10M5 17h.01M9 17h10",
  send: "M5 12 19 5l-4 14-4-5.5zM11 13.5 19 5",
  card: "M5.5 5h13A1.5 1.5 0 0 1 20 6.5v11a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5v-11A1.5 1.5 0 0 1 5.5 5zM8 9.5h8M8 13h5",
  trash: "M5 7h14M10 7V5h4v2M7 7l.8 12h8.4L17 7",
  up: "M12 18V6M7 11l5-5 5 5",
  line: "M5 12a7 7 0 0 1 14 0v4M5 12v3a1.5 1.5 0 0 0 3 0v-2a1.5 1.5 0 0 0-3 0zM19 13a1.5 1.5 0 0 0-3 0v2a1.5 1.5 0 0 0 3 0zM19 16c0 2-2 3.5-5 3.5",
};

export function icon(name) {
  return h("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, h("path", { d: PATHS[name] }));
}

const TINTS = ["#2067b0", "#8a4fbf", "#007d6e", "#b0552b", "#a03a6b", "#4d6b1f", "#5a5fb8", "#7a5c00"];

/** A round picture of a person: his initials on a colour of his own. */
export function avatar(person, size = "") {
  const initials = (person?.name ?? "?")
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word[0] ?? "")
    .join("");
  return h(
    "span",
    {
      class: `avatar ${size}`,
      title: person?.name ?? "",
      "aria-hidden": "true",
      style: { "background-color": TINTS[(person?.id ?? 0) % TINTS.length] },
    },
    initials,
  );
}
