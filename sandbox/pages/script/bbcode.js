/** Messages of a portal carry a simple markup, `[B]…[/B]`; it becomes elements, never HTML. */

import { h } from "./element.js";
import { openPath } from "./panels.js";

const TAG = /\[(\/?)(b|i|u|s|url|user|br|chat|quote)(?:=([^\]]*))?\]/gi;
const ELEMENTS = { b: "b", i: "i", u: "u", s: "s", quote: "q" };

/** Turn a text with markup into a list of elements and texts. What is no tag stays as it is written. */
export function rich(text) {
  const root = { children: [] };
  const path = [root];
  let from = 0;
  for (const found of text.matchAll(TAG)) {
    put(path.at(-1), text.slice(from, found.index));
    from = found.index + found[0].length;
    const [, slash, name, value] = found;
    const isKnown = slash ? leave(path, name.toLowerCase()) : enter(path, name.toLowerCase(), value ?? "");
    if (!isKnown) put(path.at(-1), found[0]);
  }
  put(path.at(-1), text.slice(from));
  return root.children.map(drawn);
}

function put(node, text) {
  if (text) node.children.push(text);
}

function enter(path, name, value) {
  if (name === "br") {
    put(path.at(-1), "\n");
    return true;
  }
  const node = { name, value, children: [] };
  path.at(-1).children.push(node);
  path.push(node);
  return true;
}

/** Go out of the innermost element of a name; an end without a beginning is no markup. */
function leave(path, name) {
  const at = path.findLastIndex((node) => node.name === name);
  if (at > 0) path.length = at;
  return at > 0;
}

function drawn(node) {
  if (typeof node === "string") return node;
  const children = node.children.map(drawn);
  if (node.name === "url") return link(node.value || plain(node), children);
  return h(ELEMENTS[node.name] ?? "span", { class: node.name === "user" ? "mention" : "" }, children);
}

function plain(node) {
  return typeof node === "string" ? node : node.children.map(plain).join("");
}

/** Addresses of the portal open in its sliders, others in a tab; anything but http stays a text. */
function link(address, children) {
  let url;
  try {
    url = new URL(address, window.location.origin);
  } catch {
    return h("span", {}, children);
  }
  if (url.origin === window.location.origin) {
    const follow = (event) => {
      event.preventDefault();
      openPath(url.pathname + url.search);
    };
    return h("a", { href: url.pathname + url.search, onclick: follow }, children);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return h("span", {}, children);
  return h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, children);
}
