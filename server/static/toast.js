// Short words in the corner, and the words of errors in the language of the page.

import { liftNear } from "./place.js";

const SHOWN_MS = 5000;

export function toast(text, bad = false) {
  if (!text) return;
  const element = document.createElement("p");
  element.className = bad ? "toast bad" : "toast";
  element.textContent = text;
  const place = document.getElementById("toasts");
  liftNear(place);
  place.append(element);
  setTimeout(() => element.remove(), SHOWN_MS);
}

export function word(name) {
  return document.getElementById("words")?.dataset[name] ?? "";
}

export function errorWord(code) {
  const name = code.split("_").map((part) => part[0].toUpperCase() + part.slice(1)).join("");
  return word(`error${name}`) || word("errorFailed");
}
