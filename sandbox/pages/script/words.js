/** What the page says, in the language of the person before it. */

import { ENGLISH } from "./words_en.js";
import { RUSSIAN } from "./words_ru.js";
import { choose, chosen } from "./state.js";

const BOOKS = { ru: RUSSIAN, en: ENGLISH };
const listeners = [];

/** Say the sentence of a key; `{name}` in it is replaced. A plural is a list of forms and needs `count`. */
export function say(key, values = {}) {
  const found = BOOKS[chosen.lang][key];
  const text = Array.isArray(found) ? found[form(values.count)] : found;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** Change the language of the page; whoever wants to know listens to `onSpeak`. */
export function speak(lang) {
  if (lang === chosen.lang) return;
  const url = new URL(window.location.href);
  url.searchParams.set("lang", lang);
  window.history.replaceState(null, "", url);
  choose({ lang });
  for (const tell of listeners) tell();
}

export function onSpeak(listener) {
  listeners.push(listener);
}

/** Return all the texts of a list that is no plural. */
export function listOfWords(key) {
  return BOOKS[chosen.lang][key];
}

export function knows(key) {
  return key in BOOKS[chosen.lang];
}

/** Russian has three forms (1 сделка, 2 сделки, 5 сделок), English two. */
function form(count) {
  const category = new Intl.PluralRules(chosen.lang).select(count);
  if (category === "one") return 0;
  return chosen.lang === "ru" && category === "few" ? 1 : BOOKS[chosen.lang] === RUSSIAN ? 2 : 1;
}

/**
 * Take the words of the page's language out of what a portal keeps: a text, or texts by language. Without these words
 * and without English ones there are none, as in a real portal (platform.md 1.2).
 */
export function localized(text) {
  if (text === null || typeof text !== "object") return String(text ?? "");
  const byLanguage = Object.fromEntries(Object.entries(text).map(([name, value]) => [name.toLowerCase(), value]));
  return String(byLanguage[chosen.lang] ?? byLanguage.en ?? byLanguage["*"] ?? "");
}
