/** The kanban: the stages of a funnel with their robots, and the cards that stand on them. */

import { openEditor } from "./automation.js";
import { portalNow } from "./clock.js";
import { startDrag } from "./drag.js";
import { h } from "./element.js";
import { avatar, icon } from "./icons.js";
import { chatsOf, funnel, funnelKey, funnels, itemsOn, registered, robotsOn, user, waitsSince } from "./lookup.js";
import { menuButton } from "./menu.js";
import { lasted, timeOf } from "./moments.js";
import { openCard } from "./panels.js";
import { act, attempt } from "./service.js";
import { choose, chosen } from "./state.js";
import { briefly } from "./values.js";
import { localized, say } from "./words.js";

export function kanban() {
  const shown = funnel();
  return [
    h(
      "div",
      { class: "kanban-tabs", role: "tablist", "aria-label": say("funnels") },
      funnels().map((one) =>
        h(
          "button",
          {
            type: "button",
            role: "tab",
            class: "tab",
            "aria-selected": String(one === shown),
            onclick: () => choose({ funnel: funnelKey(one), item: null, chat: null }),
          },
          one.name,
        ),
      ),
    ),
    h("div", { class: "kanban-columns", id: "kanban-columns" }, shown.stages.map((stage) => column(shown, stage))),
  ];
}

function column(category, stage) {
  const items = itemsOn(category, stage);
  return h(
    "section",
    { class: "column", key: stage.id, "data-stage": stage.id, "aria-label": stage.name },
    h(
      "header",
      { class: `stage ${isDark(stage.color) ? "is-dark" : ""}`, style: { "--stage-color": stage.color } },
      h("span", { class: "stage-name", title: stage.name }, stage.name),
      h("span", { class: "stage-count" }, String(items.length)),
    ),
    robots(category, stage),
    h("div", { class: "cards" }, items.map((one) => card(category, one))),
  );
}

/** Say whether white letters read better on a colour than dark ones. */
function isDark(color) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  return red * 0.299 + green * 0.587 + blue * 0.114 < 140;
}

function robots(category, stage) {
  const placed = robotsOn(category.entityTypeId, stage.id);
  return h(
    "div",
    { class: "robots" },
    placed.map((robot, index) =>
      h(
        "button",
        {
          type: "button",
          class: `robot ${robot.registered ? "" : "is-lost"}`,
          key: `${robot.code}-${index}`,
          title: robotTitle(robot),
          onclick: () => openEditor(category.entityTypeId, stage, index),
        },
        icon("robot"),
        h("span", { class: "robot-words" }, h("b", {}, localized(robot.name)), robotValues(robot)),
      ),
    ),
    h(
      "button",
      {
        type: "button",
        class: "robots-button",
        key: "button",
        title: say("robots_of_stage", { stage: stage.name }),
        "aria-label": say("robots_of_stage", { stage: stage.name }),
        onclick: () => openEditor(category.entityTypeId, stage),
      },
      placed.length ? icon("plus") : icon("robot"),
      say(placed.length ? "robots_more" : "robots"),
    ),
  );
}

function robotValues(robot) {
  const values = describe(robot).slice(0, 2);
  return values.length > 0 && h("small", {}, values.map((one) => one.value).join(" · "));
}

function robotTitle(robot) {
  const lines = describe(robot).map((one) => `${one.name}: ${one.value}`);
  return [localized(robot.name), ...(robot.registered ? lines : [say("robot_lost")])].join("\n");
}

function describe(robot) {
  const known = registered().find((one) => one.code === robot.code);
  return briefly(robot.properties, known?.properties ?? {});
}

function card(category, item) {
  const isChosen = chosen.item?.type === item.entityTypeId && chosen.item.id === item.id;
  const id = `card-${item.entityTypeId}-${item.id}`;
  return h(
    "article",
    {
      class: `card ${isChosen ? "is-chosen" : ""}`,
      key: item.id,
      id,
      tabindex: "0",
      "data-type": item.entityTypeId,
      "data-id": item.id,
      "aria-label": `${item.title}, ${item.stageName}`,
      onclick: () => select(item),
      onkeydown: (event) => {
        if (event.target.id !== id || (event.key !== "Enter" && event.key !== " ")) return;
        event.preventDefault();
        select(item);
      },
      onpointerdown: (event) => startDrag(event, item, (stageId) => moveTo(item, stageId)),
    },
    h(
      "div",
      { class: "card-head" },
      h("button", { type: "button", class: "card-title", onclick: (event) => openFrom(event, item) }, item.title),
      moveMenu(category, item),
    ),
    h("div", { class: "card-client" }, item.contacts.join(", ") || say("no_client")),
    h("div", { class: "card-foot" }, avatar(user(item.assignedById), "small"), chatMark(item)),
  );
}

function openFrom(event, item) {
  event.stopPropagation();
  select(item);
  openCard(item.entityTypeId, item.id);
}

export function select(item) {
  choose({ item: { type: item.entityTypeId, id: item.id }, chat: null });
}

function chatMark(item) {
  const chats = chatsOf(item);
  if (!chats.length) return h("span", { class: "mark mark-none" }, say("no_chat"));
  const waiting = chats.map(waitsSince).find(Boolean);
  if (waiting) {
    const title = say("client_waits_since", { time: timeOf(waiting.at) });
    return h("span", { class: "mark mark-waits", title }, icon("chat"), say("waits", { for: lasted(waiting.at, portalNow()) }));
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

async function moveTo(item, stageId) {
  select(item);
  if (stageId === item.stageId) return;
  const order = { entityTypeId: item.entityTypeId, id: item.id, stageId, user_id: chosen.me };
  await attempt(() => act("items/move", order));
}
