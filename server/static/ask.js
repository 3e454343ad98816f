// A question before something is done: words, what would come of it, perhaps a field.

import { bringNear } from "./place.js";

// `question` is {title, text, lines, yes, field, label, type, value, required}; resolves to {yes, value}.
export function ask(question) {
  const dialog = document.getElementById("ask");
  dialog.querySelector("#ask-title").textContent = question.title;
  dialog.querySelector("#ask-text").textContent = question.text ?? "";
  const lines = (question.lines ?? []).map((text) => Object.assign(document.createElement("li"), { textContent: text }));
  dialog.querySelector("#ask-lines").replaceChildren(...lines);
  dialog.querySelector("button[value=yes]").textContent = question.yes;
  const label = dialog.querySelector("#ask-field");
  const input = label.querySelector("input");
  label.hidden = !question.field;
  label.querySelector("span").textContent = question.label ?? "";
  Object.assign(input, { type: question.type ?? "text", value: question.value ?? "" });
  input.required = Boolean(question.required) || question.type === "datetime-local";
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve({ yes: dialog.returnValue === "yes", value: input.value });
    }, { once: true });
    dialog.returnValue = "no";
    dialog.showModal();
    bringNear(dialog);
  });
}

// The question that a button describes in its data-ask-… attributes.
export function questionOf(button) {
  const { askTitle, askText, askYes, askField, askLabel, askType, askValue, askRequired } = button.dataset;
  const required = askRequired !== undefined;
  return { title: askTitle, text: askText, yes: askYes, field: askField, label: askLabel, type: askType, value: askValue, required };
}
