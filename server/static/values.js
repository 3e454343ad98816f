// The form in which a run is repeated with other values, and the button that shows what is hidden in raw data.

import { busy, send } from "./actions.js";
import { ask, questionOf } from "./ask.js";
import { drawTree } from "./tree.js";

export function listenToValues(go) {
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-json]");
    if (!form) return;
    event.preventDefault();
    await busy(form.querySelector("button"), async () => {
      const answer = await send(form.dataset.json, { values: valuesOf(form) });
      if (answer?.id) go(`/ui/runs/${answer.id}`);
    });
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-reveal]");
    if (!button || !(await ask(questionOf(button))).yes) return;
    await busy(button, async () => {
      const answer = await send(button.dataset.reveal, {});
      const place = document.getElementById("raw");
      if (!answer || !place) return;
      drawTree(place, answer.data);
      // Drawn anew with the page it would be hidden again, before whoever asked for it has read it.
      place.dataset.calm = "";
    });
  });
}

// What was changed, and nothing else: a field that hides a part of its value is sent only when it was written anew.
function valuesOf(form) {
  const changed = [...form.elements].filter((field) => field.name && isChanged(field));
  return Object.fromEntries(changed.map((field) => [field.name, valueOf(field)]));
}

function isChanged(field) {
  if (field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}

function valueOf(field) {
  if (field.type === "checkbox") return field.checked ? "Y" : "N";
  if (field.multiple) return [...field.selectedOptions].map((option) => option.value);
  if (field.dataset.lines !== undefined) return field.value.split("\n").map((line) => line.trim()).filter(Boolean);
  return field.value;
}
