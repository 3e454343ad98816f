/** Small drawings in place of words that would not fit; every use of one has a word beside it or a label. */

import { h } from "./element.js";

const PATHS = {
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5a2 2 0 0 0 4 0",
  people: "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3.5 19c.4-3 2.6-5 5.5-5s5.100 2 5.500 5M15.500 5.300a3 3 0 0 1 0 5.400M17 14.500c2 .6 3.200 2.200 3.500 4.500",
  bolt: "M13 3 5.500 13.500H11L10 21l8-11h-5.500z",
  robot: "M7 9h10a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-6a2 2 0 0 1 2-2zM12 9V5.500M9.500 13.500v1M14.500 13.500v1M10 16.500h4",
  chat: "M4.500 6.500A1.500 1.500 0 0 1 6 5h12a1.500 1.500 0 0 1 1.500 1.500v8A1.500 1.500 0 0 1 18 16h-7l-4.500 4v-4H6a1.500 1.500 0 0 1-1.500-1.500z",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  plus: "M12 6v12M6 12h12",
  close: "M7 7l10 10M17 7 7 17",
  check: "M5.500 12.500 10 17l8.500-9.500",
  eye: "M3.500 12S6.500 6.500 12 6.500 20.500 12 20.500 12 17.500 17.500 12 17.500 3.500 12 3.500 12zM12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  reload: "M18.500 12a6.500 6.500 0 1 1-2-4.700M17 4v4h-4",
  list: "M5 7h.01M9 7h10M5 12h.01M9 12h10M5 17h.01M9 17h10",
  send: "M5 12 19 5l-4 14-4-5.500zM11 13.500 19 5",
  card: "M5.500 5h13A1.500 1.500 0 0 1 20 6.500v11a1.500 1.500 0 0 1-1.500 1.500h-13A1.500 1.500 0 0 1 4 17.500v-11A1.500 1.500 0 0 1 5.500 5zM8 9.500h8M8 13h5",
  globe: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM4 12h16M12 4c2.500 2.200 3.500 5 3.500 8s-1 5.800-3.500 8c-2.500-2.200-3.500-5-3.500-8s1-5.800 3.500-8z",
  trash: "M5 7h14M10 7V5h4v2M7 7l.8 12h8.400L17 7",
  up: "M12 18V6M7 11l5-5 5 5",
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
