/** Moments of the portal, said in its own time zone whatever zone the browser is in. */

import { chosen } from "./state.js";
import { say } from "./words.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const OPENING_WITHOUT_HOURS = 9;
const WEEKDAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

/** `2026-11-24T11:04:00+03:00` → its offset from UTC in milliseconds. */
export function offsetOf(text) {
  const found = /([+-])(\d\d):?(\d\d)$/.exec(text);
  if (!found) return 0;
  return (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3])) * MINUTE;
}

/** The wall clock of the portal as a Date whose UTC parts are the portal's local ones. */
export function wallClock(text) {
  return new Date(Date.parse(text) + offsetOf(text));
}

/** Write a wall clock back as a moment with the portal's offset. */
export function momentOf(wall, offset) {
  const sign = offset < 0 ? "-" : "+";
  const minutes = Math.abs(offset) / MINUTE;
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  return `${wall.toISOString().slice(0, 19)}${sign}${two(minutes / 60)}:${two(minutes % 60)}`;
}

export function timeOf(text) {
  return text ? wallClock(text).toISOString().slice(11, 16) : "";
}

export function secondOf(text) {
  return text ? wallClock(text).toISOString().slice(11, 19) : "";
}

/** Say the time alone for today, the day with it otherwise. */
export function shortMoment(text, nowText) {
  if (!text) return "";
  const at = wallClock(text);
  const isToday = at.toISOString().slice(0, 10) === wallClock(nowText).toISOString().slice(0, 10);
  return isToday ? timeOf(text) : `${day(at)}, ${timeOf(text)}`;
}

export function day(wall, options = { day: "numeric", month: "short" }) {
  return new Intl.DateTimeFormat(chosen.lang, { timeZone: "UTC", ...options }).format(wall).replace(/\.$/, "");
}

/** Say how long something has lasted: 40 s, 12 min, 3 h 5 min, 2 d. */
export function lasted(fromText, nowText) {
  const spent = Math.max(0, Date.parse(nowText) - Date.parse(fromText));
  if (spent < MINUTE) return say("less_than_minute");
  const minutes = Math.floor(spent / MINUTE);
  if (minutes < 60) return say("minutes", { count: minutes });
  if (spent < DAY) return say("hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  return say("days", { count: Math.floor(spent / DAY) });
}

/** Return the next moment when a line opens; a line without hours opens at nine on weekdays. */
export function nextOpening(nowText, line) {
  const hours = /^(\d+)(?:\.(\d+))?-/.exec(line?.hours ?? "");
  const daysOff = line?.daysOff?.length ? line.daysOff : ["SA", "SU"];
  // A line's 9.3 is half past nine: the second part are minutes without their last zero.
  const [hour, minute] = hours ? [hours[1], (hours[2] ?? "0").padEnd(2, "0")] : [OPENING_WITHOUT_HOURS, 0];
  const now = wallClock(nowText);
  const opening = new Date(now);
  opening.setUTCHours(Number(hour), Number(minute), 0, 0);
  while (opening <= now || daysOff.includes(WEEKDAYS[opening.getUTCDay()])) {
    opening.setUTCDate(opening.getUTCDate() + 1);
  }
  return momentOf(opening, offsetOf(nowText));
}
