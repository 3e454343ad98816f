/** The journal: what the application asked of the portal and what the portal delivered to it, the newest first. */

import { nothing } from "./controls.js";
import { h } from "./element.js";
import { robotName } from "./lookup.js";
import { secondOf } from "./moments.js";
import { attempt, read } from "./service.js";
import { choose, portalView } from "./state.js";
import { say } from "./words.js";

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
  const entries = [...calls.map(called), ...portalView().deliveries.map(delivered)];
  entries.sort((one, other) => other.at.localeCompare(one.at) || other.order - one.order);
  if (!entries.length) return nothing("journal_empty");
  const heads = ["journal_time", "journal_what", "journal_answer"];
  return h(
    "table",
    { class: "journal" },
    h("thead", {}, h("tr", {}, heads.map((key) => h("th", { key, scope: "col" }, say(key))))),
    h("tbody", {}, entries.slice(0, SHOWN).map((one) => one.row)),
  );
}

function called(call) {
  const isBad = call.status >= 400 || Boolean(call.error) || call.violations.length > 0;
  const answer = call.error || (call.status >= 400 ? String(call.status) : "OK");
  const what = [
    h("span", { class: "way" }, say("journal_call")),
    h("code", {}, call.method),
    call.batch !== null && h("small", {}, "batch"),
  ];
  return row(call, `call-${call.id}`, isBad, {
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
  return row(delivery, `delivery-${delivery.id}`, Boolean(error) || status >= 400, {
    what: h("td", { title: delivery.url }, what),
    answer: h("td", { title: delivery.answer }, error || (status === null ? say("on_its_way") : String(status))),
  });
}

function row(one, key, isBad, { what, answer }) {
  const cells = [h("td", {}, h("time", {}, secondOf(one.at))), what, answer];
  return { at: one.at ?? "", order: one.id, row: h("tr", { key, class: isBad ? "is-bad" : "" }, cells) };
}
