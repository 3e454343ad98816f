// Forms that are sent as JSON: data-send is the address. A field's name may have dots, which nest; data-as="lines"
// makes a list of a text, data-as="chain" words between commas of the choices within; a check box is true or false, a
// number a number, as is a choice with data-as="number", and an element of ours says itself (json).

import { around } from "./around.js";
import { busy, send } from "./actions.js";
import { toast, word } from "./toast.js";

export function listenToForms() {
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-send]");
    if (!form) return;
    event.preventDefault();
    await busy(form.querySelector("button[type=submit]"), async () => {
      const answer = await send(form.dataset.send, jsonOf(form), form.dataset.method);
      if (!answer) return;
      form.removeAttribute("data-changed");
      toast(answer.text || word("saved") || word("done"));
      if (form.dataset.go) around.go(form.dataset.go);
      else if (form.dataset.reload !== undefined) around.reload();
    });
  });
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => event.target.closest("form[data-send]")?.setAttribute("data-changed", ""));
  }
}

export function jsonOf(form) {
  const body = {};
  for (const field of form.querySelectorAll("[name]")) {
    if (field.type === "radio" && !field.checked) continue;
    put(body, field.getAttribute("name").split("."), valueOf(field));
  }
  return body;
}

function valueOf(field) {
  if ("json" in field) return field.json;
  if (field.dataset.as === "chain") return [...field.querySelectorAll("select")].map((one) => one.value).filter(Boolean).join(",");
  if (field.type === "checkbox") return field.checked;
  if (field.type === "number" || field.dataset.as === "number") return field.value === "" ? null : Number(field.value);
  if (field.dataset.as === "lines") return field.value.split("\n").map((line) => line.trim()).filter(Boolean);
  return field.value;
}

function put(body, [name, ...rest], value) {
  if (!rest.length) body[name] = value;
  else put((body[name] ??= {}), rest, value);
}
