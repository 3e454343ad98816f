// The settings of a robot inside the portal's dialog. Whatever is changed is told to the portal at once: it keeps it
// when its own button is pressed, and answers nothing (platform.md 5.1).

import { Portal } from "../portal.js";
import { Session } from "../session.js";
import { Field } from "./fields.js";
import { Levels } from "./levels.js";
import { Names } from "./people.js";
import { Preview } from "./preview.js";

const { token, portal: origin } = document.body.dataset;
document.body.removeAttribute("data-token");

const data = JSON.parse(document.getElementById("data").textContent);
const portal = Portal.around(origin);
const session = new Session(portal, () => document.getElementById("lost").removeAttribute("hidden"));
session.adopt(token);

const context = { ...data, portal, names: new Names(data.people) };
const fields = new Map();
let levels = null;

for (const row of document.querySelectorAll("[data-field]")) {
  const field = new Field(row, context, changed);
  fields.set(field.name, field);
  const editor = row.querySelector("[data-levels]");
  if (editor) levels = new Levels(editor, data.levels, context, () => changed(field));
}

const preview = new Preview(session, context, data.item, values, (answer) => {
  for (const field of fields.values()) field.complain(answer.errors[field.name] ?? "");
  const nowhere = document.getElementById("error-nowhere");
  nowhere.textContent = answer.errors[""] ?? "";
  nowhere.hidden = !nowhere.textContent;
  levels?.learn(answer.levels);
});

function values() {
  return Object.fromEntries([...fields.values()].map((field) => [field.name, field.value]));
}

// Tell the portal what stands in a field; one that it does not know yet is not told.
function tell(field) {
  if (field.wire) portal?.tell("setPropertyValue", { [field.wire]: field.told });
}

function changed(field) {
  tell(field);
  arrange();
  preview.soon();
}

// Fields that another one makes useless go out of sight, and the fold says how many of its fields are changed.
function arrange() {
  for (const field of fields.values()) {
    if (field.overruledBy) field.overrule(fields.get(field.overruledBy)?.isFilled ?? false);
  }
  const shared = [...fields.values()].filter((field) => field.row.closest("#shared"));
  const count = shared.filter((field) => field.isChanged).length;
  const tag = document.getElementById("shared-changed");
  if (tag) {
    tag.hidden = count === 0;
    tag.textContent = data.words.changed.replace("{count}", count);
  }
}

// The list of the document's fields opens under the button that asks for it and writes where the cursor was.
function offerInsertions() {
  const list = document.getElementById("insert");
  const find = document.getElementById("insert-find");
  let target = null;
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-insert]");
    const chosen = event.target.closest("[data-insert]");
    if (chosen && target) {
      target.setRangeText(chosen.dataset.insert, target.selectionStart, target.selectionEnd, "end");
      target.dispatchEvent(new Event("input", { bubbles: true }));
      target.focus();
    }
    if (opener && !list.open) {
      target = opener.parentElement.querySelector("input, textarea");
      opener.parentElement.append(list);
      list.show();
      find.value = "";
      filter("");
      find.focus();
    } else if (!event.target.closest("#insert") || chosen) list.close();
  });
  const filter = (text) => {
    const takesPlaces = Boolean(target?.closest("[data-places]"));
    for (const item of list.querySelectorAll("li")) {
      const isOffered = takesPlaces || !("place" in item.dataset);
      item.hidden = !isOffered || !item.textContent.toLowerCase().includes(text.toLowerCase());
    }
  };
  find.addEventListener("input", (event) => {
    event.stopPropagation();
    filter(find.value.trim());
  });
  list.addEventListener("keydown", (event) => {
    if (event.key === "Escape") list.close();
  });
}

// The frame is as high as the page: then the dialog around it has the only scroll bar.
function fit() {
  const least = window.innerHeight;
  let told = 0;
  new ResizeObserver(() => {
    const height = Math.max(least, Math.ceil(document.getElementById("page").getBoundingClientRect().height));
    if (Math.abs(height - told) > 1) portal?.resize(told = height);
  }).observe(document.getElementById("page"));
}

document.getElementById("form").addEventListener("submit", (event) => event.preventDefault());
for (const field of fields.values()) if (field.isUntold) tell(field);
arrange();
offerInsertions();
fit();
preview.soon(0);
document.body.dataset.ready = "";
