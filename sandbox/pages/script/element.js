/** Elements as data, and the one function that makes a part of the page look like them. */

const SVG = "http://www.w3.org/2000/svg";
const OF_SVG = new Set(["svg", "path", "circle", "rect"]);
/** Where an element keeps the key by which the next drawing finds it again, its listeners and what it was painted. */
const KEY = Symbol("key");
const LISTENERS = Symbol("listeners");
const PAINT = Symbol("paint");

/**
 * Describe an element. Attributes are strings, numbers or booleans; `on…` are listeners, `style` an object of
 * CSS properties, `key` tells brothers apart, `born` is called with the element when it is first in the page, and
 * `kept: true` leaves the children to whoever made them. Left alone are attributes `data-live-…` set by hand,
 * and `open`, which the browser sets.
 * Children are elements, texts, lists of both; null and false draw nothing. There is no way to pass markup.
 */
export function h(tag, attributes, ...children) {
  return { tag, attributes: attributes ?? {}, children: children.flat(Infinity).filter(isDrawn) };
}

function isDrawn(child) {
  return child !== null && child !== undefined && child !== false && child !== "";
}

/**
 * Make the children of `parent` look like `wanted`, touching only what differs: a focused field keeps its focus,
 * its selection and what is half typed.
 */
export function draw(parent, wanted) {
  const next = [wanted].flat(Infinity).filter(isDrawn);
  const old = [...parent.childNodes];
  const nodes = next.map((one) => matched(old, one) ?? made(one));
  const stays = new Set(nodes);
  for (const node of [...parent.childNodes]) {
    if (!stays.has(node)) node.remove();
  }
  nodes.forEach((node, index) => {
    const here = parent.childNodes[index];
    const isNew = !node.parentNode;
    if (here !== node) parent.insertBefore(node, here ?? null);
    fill(node, next[index]);
    if (isNew) next[index].attributes?.born?.(node);
  });
}

/** Take out of `old` the node that the description may reuse. */
function matched(old, wanted) {
  const index = old.findIndex((node) => isSame(node, wanted));
  return index < 0 ? null : old.splice(index, 1)[0];
}

function isSame(node, wanted) {
  if (typeof wanted !== "object") return node.nodeType === Node.TEXT_NODE;
  return (
    node.nodeType === Node.ELEMENT_NODE &&
    node.localName === wanted.tag &&
    (node[KEY] ?? null) === (wanted.attributes.key ?? null)
  );
}

function made(wanted) {
  if (typeof wanted !== "object") return document.createTextNode("");
  const node = OF_SVG.has(wanted.tag)
    ? document.createElementNS(SVG, wanted.tag)
    : document.createElement(wanted.tag);
  node[KEY] = wanted.attributes.key ?? null;
  return node;
}

function fill(node, wanted) {
  if (typeof wanted !== "object") {
    if (node.data !== String(wanted)) node.data = String(wanted);
    return;
  }
  const { value, kept, key, born, ...attributes } = wanted.attributes;
  dress(node, attributes);
  if (!kept) draw(node, wanted.children);
  // After the children: a select knows its value only when its options are there.
  if (value !== undefined && node.value !== String(value)) node.value = value;
}

function dress(node, attributes) {
  const listeners = Object.keys(attributes).filter((name) => name.startsWith("on"));
  for (const name of node[LISTENERS] ?? []) {
    if (!listeners.includes(name)) node[name] = null;
  }
  node[LISTENERS] = listeners;
  for (const name of node.getAttributeNames()) {
    const isOurs = name !== "style" && name !== "open" && !name.startsWith("data-live-");
    if (isOurs && !(name in attributes)) node.removeAttribute(name);
  }
  paint(node, attributes.style ?? {});
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "style") continue;
    if (name.startsWith("on")) node[name] = value;
    else if (name === "checked") node.checked = value;
    else if (value === false || value === null || value === undefined) node.removeAttribute(name);
    else if (node.getAttribute(name) !== String(value === true ? "" : value)) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
}

/** Set properties and take those back that were set here before; what others have set stays. */
function paint(node, properties) {
  for (const name of node[PAINT] ?? []) {
    if (!(name in properties)) node.style.removeProperty(name);
  }
  node[PAINT] = Object.keys(properties);
  for (const [name, value] of Object.entries(properties)) {
    if (node.style.getPropertyValue(name) !== value) node.style.setProperty(name, value);
  }
}
