/** The journal: what the application asked of the portal and what the portal delivered to it, the newest first. */

import { nothing } from "./controls.js";
import { h } from "./element.js";
import { robotName } from "./lookup.js";
import { secondOf } from "./moments.js";
import { attempt, read } from "./service.js";
import { choose, chosen, portalView } from "./state.js";
import { knows, say } from "./words.js";

const SHOWN = 150;
/** A call that only reads changes nothing in the portal, so nothing announces it: the journal asks by itself. */
const ASK_EVERY_MS = 1000;
const LONGEST_HINT = 600;
let calls = [];
let askedAt = -ASK_EVERY_MS;

/** Read the calls that came since the last look; the page draws itself anew when there are some. */
export async function readCalls() {
  if (performance.now() - askedAt < ASK_EVERY_MS) return;
  askedAt = performance.now();
  const found = await attempt(() => read("calls", { since: String(calls.at(-1)?.id ?? 0) }));
  if (!found?.calls.length) return;
  calls = [...calls, ...found.calls].slice(-SHOWN);
  choose({});
}

export function journal() {
  const all = [...calls.map(called), ...portalView().deliveries.map(delivered)];
  all.sort((one, other) => other.at.localeCompare(one.at) || other.order - one.order);
  const entries = all.filter(isWanted);
  return [filters(), entries.length ? table(entries) : nothing(all.length ? "nothing_found" : "journal_empty")];
}

function isWanted(entry) {
  const { kind, text, badOnly } = chosen.journal;
  const words = text.trim().toLowerCase();
  return (!kind || entry.kind === kind) && (!badOnly || entry.isBad) && entry.words.toLowerCase().includes(words);
}

/** Ordered faults that leave the answer as it is. */
const HARMLESS = ["ok", "delay"];

/** What is shown: calls, robots or events, those with a word in them, those that failed. */
function filters() {
  const { kind, text, badOnly } = chosen.journal;
  const set = (changes) => choose({ journal: { ...chosen.journal, ...changes } });
  const options = ["", "call", "robot", "event"].map((one) =>
    h("option", { value: one, key: one || "all" }, say(one ? `journal_${one}` : "journal_all")),
  );
  const onkind = (event) => set({ kind: event.target.value });
  const onbad = (event) => set({ badOnly: event.target.checked });
  const look = { type: "text", id: "journal-text", "aria-label": say("search"), placeholder: say("search") };
  const bad = h("input", { type: "checkbox", id: "journal-bad", checked: badOnly, onchange: onbad });
  return h(
    "div",
    { class: "journal-filters", key: "filters" },
    h("select", { id: "journal-kind", "aria-label": say("journal_what"), value: kind, onchange: onkind }, options),
    h("input", { ...look, value: text, oninput: (event) => set({ text: event.target.value }) }),
    h("label", {}, bad, say("journal_bad")),
  );
}

function table(entries) {
  const heads = ["journal_time", "journal_what", "journal_answer"];
  return h(
    "table",
    { class: "journal", key: "table" },
    h("thead", {}, h("tr", {}, heads.map((key) => h("th", { key, scope: "col" }, say(key))))),
    h("tbody", {}, entries.slice(0, SHOWN).map((one) => one.row)),
  );
}

function called(call) {
  const spoilt = call.fault && !HARMLESS.includes(call.fault) ? call.fault : "";
  const isBad = call.status >= 400 || Boolean(call.error || spoilt) || call.violations.length > 0;
  const said = call.error || (call.status >= 400 ? String(call.status) : "OK");
  const answer = knows(`fault_${spoilt}`) ? say(`fault_${spoilt}`) : spoilt || said;
  const what = [
    h("span", { class: "way" }, say("journal_call")),
    h("code", {}, call.method),
    call.batch !== null && h("small", {}, "batch"),
  ];
  return row(call, `call-${call.id}`, { isBad, kind: "call", words: `${call.method} ${answer}` }, {
    what: h("td", { title: JSON.stringify(call.params).slice(0, LONGEST_HINT) }, what),
    answer: h(
      "td",
      { title: call.violations.join("\n") },
      answer,
      h("small", {}, say("milliseconds", { number: call.ms.toFixed(1) })),
    ),
  });
}

function delivered(delivery) {
  const { kind, error, status } = delivery;
  const name = kind === "robot" ? robotName(delivery.name) : delivery.name;
  const what = [h("span", { class: `way way-${kind}` }, say(`journal_${kind}`)), name];
  const isBad = Boolean(error) || status >= 400;
  return row(delivery, `delivery-${delivery.id}`, { isBad, kind, words: `${name} ${delivery.name}` }, {
    what: h("td", { title: delivery.url }, what),
    answer: h("td", { title: delivery.answer }, error || (status === null ? say("on_its_way") : String(status))),
  });
}

function row(one, key, about, { what, answer }) {
  const cells = [h("td", {}, h("time", {}, secondOf(one.at))), what, answer];
  const drawn = h("tr", { key, class: about.isBad ? "is-bad" : "" }, cells);
  return { at: one.at ?? "", order: one.id, row: drawn, ...about };
}
