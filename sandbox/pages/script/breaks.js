/** What a person may break in the portal to see how the application bears it. */

import { beginHints } from "./hints.js";
import { refresh } from "./live.js";
import { closePanels } from "./panels.js";
import { act, attempt, toast } from "./service.js";
import { portalView } from "./state.js";
import { say, speak } from "./words.js";

/** The words of an entry and the order for /_sandbox. */
const BREAKS = [
  { key: "break_network", order: ["faults", { method: "writes", kind: "effect_then_drop", times: 1 }] },
  { key: "break_before", order: ["faults", { method: "writes", kind: "drop_before_effect", times: 1 }] },
  { key: "break_token", order: ["oauth/expire", {}] },
  { key: "break_limit", order: ["faults", { method: "*", kind: "query_limit", times: 3 }] },
  { key: "break_html", order: ["faults", { method: "*", kind: "html_502", times: 1 }] },
];

/** Mishaps around the portal that the one who started it has offered. */
const MISHAPS = ["worker", "outage"];

export function faultsLeft() {
  return portalView().faults.reduce((sum, one) => sum + one.times, 0);
}

/** Entries of the menu. */
export function breaks() {
  const left = faultsLeft();
  return [
    { heading: say("break_heading") },
    ...BREAKS.map(({ key, order: [path, body] }) => ({
      label: say(key),
      act: () => tell(act(path, body), `${key}_done`),
    })),
    ...MISHAPS.filter((one) => portalView().breaks.includes(one)).map((what) => ({
      label: say(`break_${what}`),
      act: () => tell(act("break", { what }), `break_${what}_done`),
    })),
    twice(),
    {
      label: say("break_none"),
      note: left ? say("faults_left", { count: left }) : "",
      disabled: !left,
      act: () => attempt(() => act("faults", { kind: "none" })),
    },
    { heading: say("reset_heading") },
    ...["ru", "en"].map((lang) => ({ label: say(`reset_${lang}`), act: () => startOver({ state: "demo", lang }) })),
    { label: say("reset_large"), act: () => startOver({ state: "large" }) },
  ];
}

/** Begin a data set anew, for the application, too; the page speaks its language from then on. */
async function startOver(order) {
  closePanels();
  toast(say("reset_begun"));
  const made = await attempt(() => act("reset", { ...order, reinstall: true }));
  if (!made) return;
  await refresh();
  beginHints();
  speak(made.lang);
}

function twice() {
  const isOn = portalView().switches.deliver_twice;
  return {
    label: say("break_twice"),
    note: isOn ? say("is_on") : "",
    act: () => tell(act("switches", { deliver_twice: !isOn }), isOn ? "unbroken" : "break_twice_done"),
  };
}

async function tell(doing, key) {
  if (await attempt(() => doing)) toast(say(key));
}
