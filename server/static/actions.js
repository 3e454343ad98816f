// Buttons that change something: they ask first where that is wise, and say what came of it.
//
// data-post is the address, data-method another method than POST, data-body the JSON, data-then the page to go to
// afterwards; data-ask-title, -text, -yes make a question of it, and data-ask-field, -label, -type, -value a field whose
// value goes into the body under that name.
// data-export names a table to take along and data-address the filter it is made of.

import { around } from "./around.js";
import { ask, questionOf } from "./ask.js";
import { errorWord, toast, word } from "./toast.js";

let session;

export function listenToButtons(opened, changed) {
  session = opened;
  document.addEventListener("click", async (event) => {
    const taker = event.target.closest("button[data-export]");
    if (taker) await take(taker);
    const button = event.target.closest("button[data-post]");
    if (!button) return;
    const body = JSON.parse(button.dataset.body);
    if (button.dataset.askTitle) {
      const question = questionOf(button);
      const { yes, value } = await ask(question);
      if (!yes) return;
      if (question.field) body[question.field] = value;
    }
    button.closest("details.menu")?.removeAttribute("open");
    await busy(button, async () => {
      const answer = await send(button.dataset.post, body, button.dataset.method);
      if (!answer) return;
      toast(answer.text || word("done"));
      if (button.dataset.then) around.go(button.dataset.then);
      else changed();
    });
  });
}

// Keep a button from being pressed twice.
export async function busy(button, work) {
  button.disabled = true;
  try {
    await work();
  } finally {
    button.disabled = false;
  }
}

// Send JSON; what was answered, or null when it was refused, which has been said by then.
export async function send(address, body, method = "POST") {
  const options = { method, headers: { "Content-Type": "application/json" } };
  if (method !== "DELETE") options.body = JSON.stringify(body);
  let answer;
  try {
    answer = await session.fetch(address, options);
  } catch {
    toast(errorWord("offline"), true);
    return null;
  }
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  toast(told.reason || errorWord(told.error || "failed"), true);
  return null;
}

async function take(button) {
  await busy(button, async () => {
    const answer = await send("/ui/export", { what: button.dataset.export, address: button.dataset.address });
    if (!answer) return;
    const link = Object.assign(document.createElement("a"), { href: answer.address, download: "" });
    document.body.append(link);
    link.click();
    link.remove();
  });
}
