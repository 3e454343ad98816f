/** The page begins here: it fetches the portal, draws it, and draws it again whenever something changes. */

import { editor } from "./automation.js";
import { rich } from "./bbcode.js";
import { chatPane, followTalk } from "./chat.js";
import { iconButton } from "./controls.js";
import { draw, h } from "./element.js";
import { listenToFrames, reloadFrames } from "./frame.js";
import { header, tellOfNotices } from "./header.js";
import { hints, noteProgress, sawApplication } from "./hints.js";
import { icon } from "./icons.js";
import { kanban } from "./kanban.js";
import { lineEditor } from "./lines.js";
import { chosenChat, employees, findItem } from "./lookup.js";
import { followChat, refresh, watch } from "./live.js";
import { closeMenu, closeMenusOnClickElsewhere } from "./menu.js";
import { nameBorders, watchBorders } from "./panes.js";
import { closeTopPanel } from "./panels.js";
import { picker } from "./pickers.js";
import { drawRight } from "./right.js";
import { dismiss } from "./service.js";
import { sidePane } from "./session.js";
import { sliders } from "./sliders.js";
import { choose, chosen, onChange, portalView } from "./state.js";
import { select } from "./tile.js";
import { onSpeak, say } from "./words.js";

const CLOCK_TICK_MS = 1000;
let isAway = false;
let drawn = null;
let raised = null;

async function begin() {
  await refresh();
  if (leftForTheRightAddress()) return;
  const asked = new URLSearchParams(window.location.search).get("lang");
  const view = portalView();
  Object.assign(chosen, {
    lang: ["ru", "en"].includes(asked) ? asked : view.lang,
    me: (employees().find((one) => one.admin) ?? employees()[0]).id,
    seenNotification: Math.max(0, ...view.notifications.map((one) => one.id)),
  });
  const talking = view.items.find((one) => one.chats.length) ?? view.items[0];
  if (talking) select(talking);
  watchBorders();
  listenToFrames();
  onSpeak(reloadFrames);
  closeMenusOnClickElsewhere();
  document.addEventListener("keydown", leaveOnEscape);
  window.addEventListener("blur", noticeLookAtApplication);
  onChange(drawPage);
  drawPage();
  watch((trouble) => {
    if (trouble === isAway) return;
    isAway = trouble;
    choose({});
  });
  setInterval(() => choose({}), CLOCK_TICK_MS);
}

/** The protocol of frames names the portal by its own address: under another name of this machine it would not work. */
function leftForTheRightAddress() {
  const [, port] = portalView().domain.split(":");
  const isNumeric = ["127.0.0.1", "[::1]"].includes(window.location.hostname);
  if (!isNumeric || portalView().domain !== `localhost:${port}` || window.location.port !== port) return false;
  window.location.hostname = "localhost";
  return true;
}

function drawPage() {
  const view = portalView();
  document.documentElement.lang = chosen.lang;
  document.title = say("page_title");
  if (chosen.item && !findItem(chosen.item.type, chosen.item.id)) Object.assign(chosen, { item: null, chat: null });
  followChat(chosenChat()?.id ?? 0);
  if (drawn && drawn !== view) tellOfNotices(drawn.notifications, view.notifications);
  drawn = view;
  noteProgress();
  nameBorders();
  draw(document.getElementById("header"), header());
  draw(document.getElementById("hint-bar"), hints());
  draw(document.getElementById("kanban"), kanban());
  draw(document.getElementById("talk"), chatPane());
  draw(document.getElementById("side"), sidePane());
  drawRight();
  draw(document.getElementById("sliders"), sliders());
  draw(document.getElementById("dialogs"), [editor(), lineEditor(), picker()]);
  draw(document.getElementById("toasts"), toasts());
  raiseToasts();
  followTalk();
}

/** Notices lie over everything, an open dialog, too: what is opened last is on top. */
function raiseToasts() {
  const host = document.getElementById("toasts");
  const top = host.lastElementChild && `${document.querySelectorAll("dialog[open]").length} ${host.childElementCount}`;
  if (top === raised) return;
  raised = top;
  if (host.matches(":popover-open")) host.hidePopover();
  if (top) host.showPopover();
}

function toasts() {
  return [
    isAway && h("div", { class: "toast toast-bad", key: "away" }, say("portal_away")),
    ...chosen.toasts.map((one) =>
      h(
        "div",
        { class: `toast toast-${one.kind}`, key: one.id },
        one.title && h("b", {}, icon("bell"), one.title),
        h("span", {}, one.kind === "notice" ? rich(one.text) : one.text),
        iconButton("close", say("close"), () => dismiss(one.id)),
      ),
    ),
  ];
}

function leaveOnEscape(event) {
  if (event.key !== "Escape" || event.defaultPrevented || chosen.editor || chosen.lines || chosen.picker) return;
  if (chosen.menu) closeMenu();
  else closeTopPanel();
}

function noticeLookAtApplication() {
  if (document.activeElement?.closest("#app-host, .panel-app")) sawApplication();
}

begin();
