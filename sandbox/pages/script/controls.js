/** Small elements that every pane is made of. */

import { h } from "./element.js";
import { icon } from "./icons.js";
import { say } from "./words.js";

export function button(attributes, ...children) {
  return h("button", { type: "button", ...attributes }, children);
}

/** A button with a drawing instead of words; the label is read out and shown as a hint. */
export function iconButton(name, label, onclick, attributes = {}) {
  const { class: extra = "", ...rest } = attributes;
  const look = { class: `icon-button ${extra}`.trim(), title: label, "aria-label": label };
  return button({ ...look, onclick, ...rest }, icon(name));
}

/** One of several tabs, as `{code, title, isChosen, onclick}`. */
export function tab({ isChosen, ...attributes }, title) {
  return button({ role: "tab", class: "tab", "aria-selected": String(isChosen), ...attributes }, title);
}

/** The sentence that stands where there is nothing to show. */
export function nothing(key) {
  return h("p", { class: "empty", key: "nothing" }, say(key));
}

export function count(number) {
  return number > 0 && h("span", { class: "count" }, String(number));
}
