/** Beside the talk: the state of the session, what an operator may do with it, and what employees were told. */

import { rich } from "./bbcode.js";
import { portalNow } from "./clock.js";
import { button, count, nothing } from "./controls.js";
import { h } from "./element.js";
import { avatar, icon } from "./icons.js";
import { chosenChat, employees, me, user, userName } from "./lookup.js";
import { menuButton } from "./menu.js";
import { shortMoment } from "./moments.js";
import { act, attempt } from "./service.js";
import { chosen, portalView } from "./state.js";
import { say } from "./words.js";

const NOTICES_SHOWN = 30;

export function sidePane() {
  const chat = chosenChat();
  return [chat && sessionBox(chat), noticeBox()];
}

function sessionBox(chat) {
  const { session } = chat;
  const isOpen = session?.open ?? false;
  const words = session ? say(`session_${session.status}`) : say("session_none");
  return h(
    "section",
    { class: "session", key: "session", "aria-label": say("session") },
    h("div", {}, h("span", { class: `badge ${isOpen ? "badge-running" : ""}`, id: "session-state" }, words)),
    h(
      "div",
      { class: "person" },
      chat.owner > 0 && avatar(user(chat.owner), "small"),
      h("span", { class: "person-name" }, chat.owner ? userName(chat.owner) : offered(session)),
      h("small", { title: say("line_hours") }, lineHours(chat)),
    ),
    h("div", { class: "session-actions" }, actions(chat, isOpen)),
  );
}

function actions(chat, isOpen) {
  const by = me().id;
  return [
    action("accept", isOpen && chat.owner !== by, () => act(`chats/${chat.id}/accept`, { user_id: by })),
    menuButton({
      name: "transfer",
      label: say("transfer"),
      className: "button small",
      entries: () => transfers(chat, by),
    }),
    action("close_dialog", isOpen, () => act(`chats/${chat.id}/close`, { user_id: by })),
  ];
}

function action(key, isEnabled, doing) {
  const look = { class: "button small", key, id: `session-${key}`, title: say(`${key}_title`), disabled: !isEnabled };
  return button({ ...look, onclick: () => attempt(doing) }, say(key));
}

function transfers(chat, by) {
  const to = (target) => attempt(() => act(`chats/${chat.id}/transfer`, { user_id: by, ...target }));
  return [
    { heading: say("transfer_to") },
    ...employees().map((one) => ({
      label: one.name,
      note: one.position,
      mark: avatar(one, "small"),
      disabled: one.id === chat.owner,
      act: () => to({ to_user_id: one.id }),
    })),
    ...portalView().lines.map((line) => ({
      label: say("queue_of", { line: line.name }),
      mark: icon("list"),
      act: () => to({ line_id: line.id }),
    })),
  ];
}

function lineHours(chat) {
  const line = portalView().lines.find((one) => one.id === chat.lineId);
  return line ? `${line.hours.replace("-", "–")} · ${say(line.isWorking ? "line_open" : "line_closed")}` : "";
}

function offered(session) {
  return session?.offeredTo ? say("offered_to", { name: userName(session.offeredTo) }) : say("no_operator");
}

function noticeBox() {
  return h(
    "section",
    { class: "notices", key: "notices", "aria-label": say("notifications") },
    h("h3", {}, say("staff_were_told"), count(portalView().notifications.length)),
    noticeList("notices"),
  );
}

/** The newest notifications of all employees, the latest first. */
export function noticeList(id) {
  const latest = portalView().notifications.slice(-NOTICES_SHOWN).reverse();
  return h("div", { class: "notice-list", id }, latest.length ? latest.map(noticeOf) : nothing("no_notifications"));
}

function noticeOf(notice) {
  return h(
    "div",
    { class: `notice ${notice.id > chosen.seenNotification ? "is-new" : ""}`, key: notice.id },
    h(
      "div",
      { class: "notice-head" },
      avatar(user(notice.user_id), "small"),
      h("b", {}, userName(notice.user_id)),
      h("time", {}, shortMoment(notice.at, portalNow())),
    ),
    h("p", {}, rich(notice.text)),
  );
}
