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

/** One of several tabs, as `{isChosen, onclick, …}`; only the chosen one is a stop of the Tab key. */
export function tab({ isChosen, ...attributes }, title) {
  const look = { role: "tab", class: "tab", "aria-selected": String(isChosen), tabindex: isChosen ? "0" : "-1" };
  return button({ ...look, ...attributes }, title);
}

/** Tabs side by side, walked with the arrows, Home and End; walking chooses. */
export function tabList(attributes, tabs) {
  return h("div", { role: "tablist", onkeydown: walkTabs, ...attributes }, tabs);
}

function walkTabs(event) {
  const tabs = [...event.currentTarget.querySelectorAll('[role="tab"]')];
  const here = tabs.indexOf(document.activeElement);
  const there = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (there === undefined || here < 0) return;
  event.preventDefault();
  const next = tabs[(there + tabs.length) % tabs.length];
  next.focus();
  next.click();
}

/** The sentence that stands where there is nothing to show. */
export function nothing(key) {
  return h("p", { class: "empty", key: "nothing" }, say(key));
}

export function count(number) {
  return number > 0 && h("span", { class: "count" }, String(number));
}
