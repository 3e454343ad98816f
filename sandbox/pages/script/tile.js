/** A card on the kanban: what it is about, who answers for it, whether its client waits, where it can go. */

import { portalNow } from "./clock.js";
import { button } from "./controls.js";
import { startDrag } from "./drag.js";
import { h } from "./element.js";
import { avatar, icon } from "./icons.js";
import { refresh } from "./live.js";
import { chatsOf, user } from "./lookup.js";
import { menuButton } from "./menu.js";
import { lasted, timeOf } from "./moments.js";
import { openCard } from "./panels.js";
import { act, attempt } from "./service.js";
import { choose, chosen, drawnSoon } from "./state.js";
import { say } from "./words.js";

export function select(item) {
  choose({ item: { type: item.entityTypeId, id: item.id }, chat: null });
}

export function tile(category, item) {
  const isChosen = chosen.item?.type === item.entityTypeId && chosen.item.id === item.id;
  const id = tileId(item);
  return h(
    "article",
    {
      class: `card ${isChosen ? "is-chosen" : ""}`,
      key: item.id,
      id,
      tabindex: "0",
      "aria-label": `${item.title}, ${item.stageName}`,
      onclick: () => select(item),
      onkeydown: (event) => {
        if (event.target.id !== id || (event.key !== "Enter" && event.key !== " ")) return;
        event.preventDefault();
        select(item);
      },
      onpointerdown: (event) => startDrag(event, (stageId) => moveTo(item, stageId)),
    },
    h("div", { class: "card-head" }, title(item), moveMenu(category, item)),
    h("div", { class: "card-client" }, item.contacts.join(", ") || say("no_client")),
    h("div", { class: "card-foot" }, avatar(user(item.assignedById), "small"), chatMark(item)),
  );
}

function tileId(item) {
  return `card-${item.entityTypeId}-${item.id}`;
}

function title(item) {
  const onclick = (event) => {
    event.stopPropagation();
    select(item);
    openCard(item.entityTypeId, item.id);
  };
  return button({ class: "card-title", title: item.title, onclick }, item.title);
}

function chatMark(item) {
  const chats = chatsOf(item);
  if (!chats.length) return h("span", { class: "mark mark-none" }, say("no_chat"));
  const waiting = chats.find((chat) => chat.waitingSince)?.waitingSince;
  if (waiting) {
    const since = say("client_waits_since", { time: timeOf(waiting) });
    const words = say("waits", { for: lasted(waiting, portalNow()) });
    return h("span", { class: "mark mark-waits", title: since }, icon("chat"), words);
  }
  const isOpen = chats.some((chat) => chat.session?.open);
  return h("span", { class: "mark mark-calm" }, icon("chat"), say(isOpen ? "answered" : "dialog_closed"));
}

function moveMenu(category, item) {
  return menuButton({
    name: `move-${item.entityTypeId}-${item.id}`,
    label: say("move_to"),
    className: "icon-button card-menu",
    content: icon("more"),
    align: "right",
    entries: () => [
      { heading: say("move_to") },
      ...category.stages.map((stage) => ({
        label: stage.name,
        mark: h("span", { class: "dot", style: { "background-color": stage.color } }),
        disabled: stage.id === item.stageId,
        act: () => moveTo(item, stage.id),
      })),
      { label: say("open_card"), mark: icon("card"), act: () => openCard(item.entityTypeId, item.id) },
    ],
  });
}

/** Scroll to an item's card and return it. */
export function bringToView(item) {
  const found = document.getElementById(tileId(item));
  found?.scrollIntoView({ block: "nearest", inline: "nearest" });
  return found;
}

async function moveTo(item, stageId) {
  select(item);
  if (stageId === item.stageId) return;
  const order = { entityTypeId: item.entityTypeId, id: item.id, stageId, user_id: chosen.me };
  if (!(await attempt(() => act("items/move", order)))) return;
  await attempt(refresh);
  await drawnSoon();
  const moved = bringToView(item);
  // The card was made anew in the other column: whoever moved it by keyboard goes on from there.
  if (document.activeElement === document.body) moved?.focus();
}
