// Raw data as a tree that can be folded, searched, and whose paths can be copied. All of it is text and nothing else.

import { copy } from "./clipboard.js";

const OPEN_DEPTH = 2;

export function listenToTrees() {
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-tree-search]")) search(document.getElementById("raw"), event.target.value);
  });
  document.addEventListener("click", (event) => {
    const path = event.target.closest(".tree [data-path]");
    if (path) copy(path.dataset.path);
  });
}

// Draw the data that the page brought along.
export function showRaw() {
  const data = document.getElementById("raw-data");
  const place = document.getElementById("raw");
  if (data && place && !place.childElementCount) drawTree(place, JSON.parse(data.textContent));
}

export function drawTree(place, value) {
  const parts = Object.entries(value).map(([name, part]) => node(name, part, name, 1, place.dataset.copyWord));
  place.replaceChildren(...parts);
}

function node(name, value, path, depth, copyWord) {
  if (value === null || typeof value !== "object") return leaf(copier("name", name, path, copyWord), value);
  const parts = Object.entries(value);
  const isList = Array.isArray(value);
  const fold = document.createElement("details");
  fold.open = depth < OPEN_DEPTH && parts.length < 40;
  const head = document.createElement("summary");
  head.append(span("name", name), span("size", isList ? ` [${parts.length}]` : ` {${parts.length}}`));
  const inner = parts.map(([key, part]) => node(key, part, isList ? `${path}[${key}]` : `${path}.${key}`, depth + 1, copyWord));
  // What folds must not hold a button of its own, so the button stands beside it.
  fold.append(head, copier("path", copyWord, path, `${copyWord}: ${path}`), ...inner);
  return fold;
}

function copier(className, text, path, title) {
  const button = Object.assign(document.createElement("button"), { type: "button", className, title, textContent: text });
  button.dataset.path = path;
  return button;
}

function leaf(label, value) {
  const line = document.createElement("div");
  line.className = "leaf";
  line.append(label, span("value", typeof value === "string" ? value : JSON.stringify(value)));
  return line;
}

function span(className, text) {
  return Object.assign(document.createElement("span"), { className, textContent: text });
}

function search(place, text) {
  const wanted = text.trim().toLowerCase();
  const says = (element) => element.querySelector(":scope > .name, :scope > summary > .name").textContent.toLowerCase().includes(wanted)
    || (element.querySelector(":scope > .value")?.textContent.toLowerCase().includes(wanted) ?? false);
  const visit = (element) => {
    const inner = [...element.children].filter((child) => child.matches("details, .leaf"));
    const isFound = wanted !== "" && says(element);
    const within = inner.map(visit).some(Boolean);
    element.classList.toggle("found", isFound);
    element.toggleAttribute("data-away", wanted !== "" && !isFound && !within && !element.parentElement.closest(".found"));
    if (within && element.tagName === "DETAILS") element.open = true;
    return isFound || within;
  };
  for (const child of place.children) visit(child);
}
