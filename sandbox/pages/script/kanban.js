/** The kanban: the funnels, the stages of the chosen one with their robots, and the cards that stand on them. */

import { openEditor } from "./automation.js";
import { button, tab, tabList } from "./controls.js";
import { h } from "./element.js";
import { icon } from "./icons.js";
import { refresh } from "./live.js";
import { funnel, funnelKey, funnels, itemsOn, registered, robotsOn } from "./lookup.js";
import { act, attempt } from "./service.js";
import { choose, chosen, drawnSoon, portalView } from "./state.js";
import { bringToView, select, tile } from "./tile.js";
import { briefly } from "./values.js";
import { listOfWords, localized, say } from "./words.js";

/** Colours darker than this carry white letters. */
const DARK_BELOW = 140;
const CARDS_SHOWN = 30;

export function kanban() {
  const shown = funnel();
  return [
    h("div", { class: "kanban-head" }, tabs(shown), newcomer(shown)),
    h("div", { class: "kanban-columns", id: "kanban-columns" }, shown.stages.map((stage) => column(shown, stage))),
  ];
}

function tabs(shown) {
  const show = (one) => choose({ funnel: funnelKey(one), item: null, chat: null });
  return tabList(
    { class: "kanban-tabs", "aria-label": say("funnels") },
    funnels().map((one) => tab({ key: funnelKey(one), isChosen: one === shown, onclick: () => show(one) }, one.name)),
  );
}

/** A new client writes: the portal makes a card with his dialog, as it does for a channel. */
function newcomer(shown) {
  const onclick = async () => {
    const names = listOfWords("inquiry_clients");
    const name = names[portalView().items.length % names.length];
    const order = { entityTypeId: shown.entityTypeId, title: `${name}: ${say("inquiry")}`, contact: { name } };
    const chat = { client: { name }, text: say("inquiry_text") };
    const added = await attempt(() => act("items", { ...order, chat }));
    if (!added) return;
    await attempt(refresh);
    select(added);
    await drawnSoon();
    bringToView(added);
  };
  return button({ class: "tab", id: "new-inquiry", title: say("new_inquiry_title"), onclick }, say("new_inquiry"));
}

function column(category, stage) {
  const items = itemsOn(category, stage);
  const look = { class: `stage ${isDark(stage.color) ? "is-dark" : ""}`, style: { "--stage-color": stage.color } };
  return h(
    "section",
    { class: "column", key: stage.id, "data-stage": stage.id, "aria-label": stage.name },
    h(
      "header",
      look,
      h("span", { class: "stage-name", title: stage.name }, stage.name),
      h("span", { class: "stage-count" }, String(items.length)),
    ),
    robots(category, stage),
    h("div", { class: "cards" }, cards(category, stage, items)),
  );
}

/** A long column shows its beginning and the card that is chosen, until it is unfolded. */
function cards(category, stage, items) {
  const isLong = items.length > CARDS_SHOWN + 1 && !chosen.unfolded.includes(stage.id);
  if (!isLong) return items.map((one) => tile(category, one));
  const isChosen = (one) => chosen.item?.type === one.entityTypeId && chosen.item.id === one.id;
  const shown = items.filter((one, index) => index < CARDS_SHOWN || isChosen(one));
  const onclick = () => choose({ unfolded: [...chosen.unfolded, stage.id] });
  const more = say("more_cards", { count: items.length - shown.length });
  return [...shown.map((one) => tile(category, one)), button({ class: "tab more-cards", key: "more", onclick }, more)];
}

function isDark(color) {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return red * 0.299 + green * 0.587 + blue * 0.114 < DARK_BELOW;
}

function robots(category, stage) {
  const type = category.entityTypeId;
  const placed = robotsOn(type, stage.id);
  const label = say("robots_of_stage", { stage: stage.name });
  const look = { class: `robots-button ${placed.length ? "is-small" : ""}`, title: label, "aria-label": label };
  return h(
    "div",
    { class: "robots" },
    placed.map((robot, index) => robotChip(robot, index, () => openEditor(type, stage, index))),
    button(
      { ...look, key: "button", onclick: () => openEditor(type, stage) },
      placed.length ? icon("plus") : [icon("robot"), say("robots")],
    ),
  );
}

function robotChip(robot, index, onclick) {
  const known = registered().find((one) => one.code === robot.code);
  const values = briefly(robot.properties, known?.properties ?? {});
  const lines = robot.registered ? values.map((one) => `${one.name}: ${one.value}`) : [say("robot_lost")];
  return button(
    {
      class: `robot ${robot.registered ? "" : "is-lost"}`,
      key: `${robot.code}-${index}`,
      title: [localized(robot.name), ...lines].join("\n"),
      onclick,
    },
    icon("robot"),
    h(
      "span",
      { class: "robot-words" },
      h("b", {}, localized(robot.name)),
      values.length > 0 && h("small", {}, values.map((one) => `${one.value} · ${one.name}`).join("; ")),
    ),
  );
}
