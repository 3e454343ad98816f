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
      if (answer) drawTree(document.getElementById("raw"), answer.data);
    });
  });
}

function valuesOf(form) {
  const values = {};
  for (const field of form.elements) {
    if (!field.name) continue;
    if (field.type === "checkbox") values[field.name] = field.checked ? "Y" : "N";
    else if (field.multiple) values[field.name] = [...field.selectedOptions].map((option) => option.value);
    else if (field.dataset.lines !== undefined) values[field.name] = field.value.split("\n").map((line) => line.trim()).filter(Boolean);
    else values[field.name] = field.value;
  }
  return values;
}
