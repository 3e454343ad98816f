/** The bar over everything: whose portal it is, the clock, and the menus of the whole portal. */

import { breaks, faultsLeft } from "./breaks.js";
import { clockBar } from "./clock.js";
import { button, count } from "./controls.js";
import { h } from "./element.js";
import { reloadFrames } from "./frame.js";
import { avatar, icon } from "./icons.js";
import { employees, me, userName } from "./lookup.js";
import { menuButton } from "./menu.js";
import { act, attempt, toast } from "./service.js";
import { noticeList } from "./session.js";
import { choose, chosen, portalView } from "./state.js";
import { say } from "./words.js";

const WORKDAYS = { OPENED: "open", PAUSED: "pause", CLOSED: "close" };
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
    h("div", { class: "tools" }, breakMenu(), peopleMenu(), bell(), language(), myself()),
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
  const look = { "aria-label": `${say("workday")}: ${one.name}`, value: WORKDAYS[one.workday] ?? "close" };
  return h(
    "label",
    { class: "workday", key: one.id },
    avatar(one, "small"),
    h("span", { class: "workday-name" }, one.name, h("small", {}, one.position)),
    h(
      "select",
      { ...look, id: `workday-${one.id}`, onchange },
      Object.values(WORKDAYS).map((state) => h("option", { value: state, key: state }, say(`workday_${state}`))),
    ),
  );
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
  const onclick = () => {
    const lang = chosen.lang === "ru" ? "en" : "ru";
    const url = new URL(window.location.href);
    url.searchParams.set("lang", lang);
    window.history.replaceState(null, "", url);
    choose({ lang });
    reloadFrames();
  };
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
