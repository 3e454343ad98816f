/** The bar over everything: whose portal it is, the clock, and the menus of the whole portal. */

import { breaks, faultsLeft } from "./breaks.js";
import { clockBar, portalNow } from "./clock.js";
import { button, count } from "./controls.js";
import { h } from "./element.js";
import { reloadFrames } from "./frame.js";
import { avatar, icon } from "./icons.js";
import { openLines } from "./lines.js";
import { employees, me, userName } from "./lookup.js";
import { menuButton } from "./menu.js";
import { momentOf, offsetOf, shortMoment, wallClock } from "./moments.js";
import { act, attempt, toast } from "./service.js";
import { noticeList } from "./session.js";
import { choose, chosen, portalView } from "./state.js";
import { say, speak } from "./words.js";

const WORKDAYS = { OPENED: "open", PAUSED: "pause", CLOSED: "close", EXPIRED: "expire" };
const VACATION_DAYS = 14;
const TOLD_AT_ONCE = 3;

export function header() {
  return [
    h(
      "div",
      { class: "brand" },
      h("b", {}, say("brand")),
      h("span", { class: "banner", id: "banner" }, say("demo_banner")),
    ),
    clockBar(),
    h("div", { class: "tools" }, breakMenu(), linesButton(), peopleMenu(), bell(), language(), myself()),
  ];
}

function breakMenu() {
  const content = [icon("bolt"), say("break_it"), count(faultsLeft())];
  return menuButton({
    name: "break",
    label: say("break_it"),
    className: "chip",
    align: "right",
    content,
    entries: breaks,
  });
}

function linesButton() {
  const look = { id: "lines", title: say("lines"), "aria-label": say("lines"), "aria-haspopup": "dialog" };
  return button({ class: "chip icon-only", ...look, onclick: () => openLines() }, icon("line"));
}

function peopleMenu() {
  return menuButton({
    name: "people",
    label: say("people"),
    className: "chip icon-only",
    align: "right",
    content: icon("people"),
    entries: () => [{ heading: say("people_heading") }, { content: employees().map(workday) }],
  });
}

function workday(one) {
  const onchange = (event) => attempt(() => act("workday", { user_id: one.id, state: event.target.value }));
  const look = { "aria-label": `${say("workday")}: ${one.name}`, value: WORKDAYS[one.workday] };
  return h(
    "div",
    { class: "workday", key: one.id },
    avatar(one, "small"),
    h("span", { class: "workday-name" }, one.name, h("small", {}, one.position)),
    h(
      "select",
      { ...look, id: `workday-${one.id}`, onchange },
      Object.values(WORKDAYS).map((state) => h("option", { value: state, key: state }, say(`workday_${state}`))),
    ),
    vacation(one),
  );
}

/** On vacation until a day; whether his workday is open is another matter. */
function vacation(one) {
  const go = (isAway) => attempt(() => act("users", { id: one.id, absent_until: isAway ? later() : null }));
  const onchange = (event) => go(event.target.checked);
  const until = one.absentUntil ? say("until", { time: shortMoment(one.absentUntil, portalNow()) }) : "";
  const look = { type: "checkbox", id: `vacation-${one.id}`, checked: Boolean(one.absentUntil), onchange };
  return h("label", { class: "vacation", title: until }, h("input", look), say("vacation"));
}

function later() {
  const at = wallClock(portalNow());
  at.setUTCDate(at.getUTCDate() + VACATION_DAYS);
  return momentOf(at, offsetOf(portalNow()));
}

function bell() {
  const all = portalView().notifications;
  const fresh = all.filter((one) => one.id > chosen.seenNotification).length;
  const markRead = () => choose({ seenNotification: Math.max(0, ...all.map((one) => one.id)) });
  return menuButton({
    name: "bell",
    label: say("bell", { count: fresh }),
    className: "chip icon-only",
    align: "right",
    content: [icon("bell"), count(fresh)],
    entries: () => [
      { heading: say("notifications") },
      { content: noticeList("bell-notices") },
      { label: say("mark_read"), disabled: !fresh, act: markRead },
    ],
  });
}

function language() {
  const title = say("other_language_title");
  const onclick = () => speak(chosen.lang === "ru" ? "en" : "ru");
  return button({ class: "chip", id: "language", title, "aria-label": title, onclick }, say("other_language"));
}

/** Who sits at this page: whose name its orders bear, and as whom the application's pages are opened. */
function myself() {
  const sitAs = (one) => {
    choose({ me: one.id });
    reloadFrames();
  };
  return menuButton({
    name: "me",
    label: say("you_are", { name: me().name }),
    className: "avatar-button",
    align: "right",
    content: avatar(me()),
    entries: () => [
      { heading: say("sit_as") },
      ...employees().map((one) => ({
        label: one.name,
        note: one.admin ? say("administrator") : one.position,
        mark: avatar(one, "small"),
        disabled: one.id === me().id,
        act: () => sitAs(one),
      })),
    ],
  });
}

/** Tell of new notifications as the portal's own corner does. */
export function tellOfNotices(before, after) {
  const known = Math.max(0, ...before.map((one) => one.id));
  const fresh = after.filter((one) => one.id > known);
  for (const one of fresh.slice(-TOLD_AT_ONCE)) toast(one.text, "notice", userName(one.user_id));
}
