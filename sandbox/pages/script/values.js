/** Properties of robots: what an application declared of them, and how their values read. */

import { user } from "./lookup.js";
import { localized, say } from "./words.js";

/** Read a declaration; the portal keeps its keys in any case. */
export function declared(code, raw) {
  const spec = Object.fromEntries(Object.entries(raw).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    code,
    name: localized(spec.name) || code,
    description: localized(spec.description ?? ""),
    type: String(spec.type ?? "string").toLowerCase(),
    options: Object.entries(spec.options ?? {}).map(([value, title]) => ({ value, title: localized(title) })),
    isRequired: spec.required === "Y" || spec.required === true,
    isMultiple: spec.multiple === "Y" || spec.multiple === true,
    standard: spec.default ?? "",
  };
}

/** Return the value that a placed robot will send: its own, or the declared default. */
export function valueOf(properties, spec) {
  const name = Object.keys(properties).find((one) => one.toLowerCase() === spec.code.toLowerCase());
  return name === undefined ? spec.standard : properties[name];
}

export function listOf(value) {
  if (Array.isArray(value)) return value.map(String);
  return value === "" || value === null || value === undefined ? [] : [String(value)];
}

/** Say the values worth a look, in the order of declaration: those that differ from the defaults. */
export function briefly(properties, specs) {
  return Object.entries(specs).flatMap(([code, raw]) => {
    const spec = declared(code, raw);
    const value = worded(valueOf(properties, spec), spec);
    return value === "" || value === worded(spec.standard, spec) ? [] : [{ name: spec.name, value }];
  });
}

function worded(value, spec) {
  return listOf(value)
    .map((one) => {
      if (spec.type === "user") return userWords(one);
      if (spec.type === "bool") return say(isYes(one) ? "yes" : "no");
      return spec.options.find((option) => option.value === one)?.title ?? one;
    })
    .join(", ");
}

function userWords(value) {
  return user(value.replace(/^user_/, ""))?.name ?? value;
}

export function isYes(value) {
  return ["Y", "1", "true"].includes(String(value));
}
