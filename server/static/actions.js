// Buttons that change something: they ask first where that is wise, and say what came of it.
//
// data-post is the address, data-body the JSON; data-ask-title, -text, -yes make a question of it, and
// data-ask-field, -label, -type, -value a field whose value goes into the body under that name.

import { errorWord, toast, word } from "./toast.js";

export function listenToButtons(session, changed) {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-post]");
    if (!button) return;
    const body = JSON.parse(button.dataset.body);
    if (button.dataset.askTitle && !(await ask(button, body))) return;
    button.closest("details.menu")?.removeAttribute("open");
    button.disabled = true;
    try {
      await post(session, button.dataset.post, body);
      changed();
    } finally {
      button.disabled = false;
    }
  });
}

async function post(session, address, body) {
  const headers = { "Content-Type": "application/json" };
  let answer;
  try {
    answer = await session.fetch(address, { method: "POST", headers, body: JSON.stringify(body) });
  } catch {
    toast(errorWord("offline"), true);
    return;
  }
  if (answer.ok) {
    toast(word("done"));
    return;
  }
  const told = await answer.json().catch(() => ({}));
  toast(told.reason || errorWord(told.error || "failed"), true);
}

function ask(button, body) {
  const dialog = document.getElementById("ask");
  const { askTitle, askText, askYes, askField, askLabel, askType, askValue } = button.dataset;
  dialog.querySelector("#ask-title").textContent = askTitle;
  dialog.querySelector("#ask-text").textContent = askText ?? "";
  dialog.querySelector("button[value=yes]").textContent = askYes;
  const label = dialog.querySelector("#ask-field");
  const input = label.querySelector("input");
  label.hidden = !askField;
  label.querySelector("span").textContent = askLabel ?? "";
  input.type = askType ?? "text";
  input.value = askValue ?? "";
  input.required = askType === "datetime-local";
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      if (askField) body[askField] = input.value;
      resolve(dialog.returnValue === "yes");
    }, { once: true });
    dialog.returnValue = "no";
    dialog.showModal();
  });
}
