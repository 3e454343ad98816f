/** The clock of the portal: shows its time, moves it, sets its speed. */

import { button } from "./controls.js";
import { h } from "./element.js";
import { employees } from "./lookup.js";
import { day, momentOf, nextOpening, offsetOf, wallClock } from "./moments.js";
import { act, attempt } from "./service.js";
import { portalView } from "./state.js";
import { say } from "./words.js";

const STEPS = [
  { key: "plus_5", seconds: 300 },
  { key: "plus_30", seconds: 1800 },
  { key: "plus_60", seconds: 3600 },
];
const SPEEDS = [0, 1, 10, 60];

/** When the last view came, on the browser's own clock: between two views the time runs on here. */
let takenAt = 0;
let taken = null;

/** The portal's present moment as text with its offset. */
export function portalNow() {
  const { clock } = portalView();
  if (taken !== clock) [taken, takenAt] = [clock, performance.now()];
  const wall = wallClock(clock.local).getTime() + (performance.now() - takenAt) * clock.speed;
  return momentOf(new Date(wall), offsetOf(clock.local));
}

export function clockBar() {
  return h(
    "div",
    { class: "clock", role: "group", "aria-label": say("clock") },
    face(),
    STEPS.map(({ key, seconds }) =>
      button({ class: "chip", id: `clock-${key}`, key, onclick: () => advance(seconds) }, say(key)),
    ),
    button(
      { class: "chip", id: "clock-morning", title: say("next_morning_title"), onclick: toNextMorning },
      say("next_morning"),
    ),
    speedChoice(),
  );
}

function face() {
  const wall = wallClock(portalNow());
  return h(
    "div",
    { class: "clock-face", id: "clock-face", title: say("clock_zone", { zone: portalView().clock.zone }) },
    h("span", { class: "clock-day" }, day(wall, { weekday: "short", day: "numeric", month: "short" })),
    h("span", { class: "clock-time" }, wall.toISOString().slice(11, 16)),
  );
}

function speedChoice() {
  const { speed } = portalView().clock;
  const speeds = SPEEDS.includes(speed) ? SPEEDS : [...SPEEDS, speed];
  const onchange = (event) => attempt(() => act("clock", { speed: Number(event.target.value) }));
  const look = { class: "chip", id: "clock-speed", "aria-label": say("speed"), title: say("speed") };
  return h(
    "select",
    { ...look, value: String(speed), onchange },
    speeds.map((one) =>
      h("option", { value: String(one), key: one }, one === 0 ? say("speed_stop") : say("speed_times", { times: one })),
    ),
  );
}

function advance(seconds) {
  return attempt(() => act("clock", { advance_seconds: seconds }));
}

/** To the next opening; whoever was at work comes to work again: a day left open overnight counts as forgotten. */
function toNextMorning() {
  const next = nextOpening(portalNow(), portalView().lines[0]);
  const atWork = employees().filter((one) => one.workday === "OPENED");
  return attempt(async () => {
    await act("clock", { now: next });
    for (const one of atWork) await act("workday", { user_id: one.id, state: "open" });
  });
}
