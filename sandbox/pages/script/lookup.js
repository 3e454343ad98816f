/** Answers to questions about the view: who, whose, which, since when. */

import { chosen, portalView } from "./state.js";
import { localized, say } from "./words.js";

const DEAL = 2;
/** Letters by which tasks name CRM types (`D_5`); smart processes are `T` and their type in hex. */
const TASK_LETTERS = { 1: "L", 2: "D", 3: "C", 4: "CO" };
let byId = { of: null, map: new Map() };

export function user(id) {
  return portalView().users.find((one) => one.id === Number(id)) ?? null;
}

export function userName(id) {
  return user(id)?.name ?? (Number(id) === 0 ? say("nobody") : `#${id}`);
}

export function employees() {
  return portalView().users.filter((one) => one.kind === "employee" && one.active);
}

export function me() {
  return user(chosen.me) ?? employees().find((one) => one.admin) ?? employees()[0];
}

export function funnels() {
  return portalView().categories.filter((one) => one.stages.length);
}

export function funnel() {
  const all = funnels();
  return all.find((one) => funnelKey(one) === chosen.funnel) ?? all.find((one) => one.entityTypeId === DEAL) ?? all[0];
}

export function funnelKey(one) {
  return `${one.entityTypeId}:${one.id}`;
}

/** The key of the funnel where an item stands. */
export function funnelKeyOf(item) {
  return `${item.entityTypeId}:${item.categoryId}`;
}

export function itemsOn(category, stage) {
  return portalView().items.filter(
    (one) => one.entityTypeId === category.entityTypeId && one.categoryId === category.id && one.stageId === stage.id,
  );
}

export function findItem(type, id) {
  return portalView().items.find((one) => one.entityTypeId === Number(type) && one.id === Number(id)) ?? null;
}

/** Find a chat by its id, or by the id of any of its sessions. */
export function findChat(number) {
  const { chats } = portalView();
  const spoke = (chat) => chat.sessionIds.includes(number);
  return chats.find((chat) => chat.id === number) ?? chats.find(spoke) ?? null;
}

/** Return the item on the kanban that a chat belongs to, its own before that of its contact. */
export function ownerOf(chat) {
  const { items } = portalView();
  const owns = (key) => items.find((one) => one[key].includes(chat.id));
  return owns("chats") ?? owns("contactChats") ?? null;
}

export function chosenItem() {
  return chosen.item && findItem(chosen.item.type, chosen.item.id);
}

export function chatsOf(one) {
  return [...one.chats, ...one.contactChats].map((id) => chatById().get(id)).filter(Boolean);
}

/** The chats of the view by their ids; made anew with every view. */
function chatById() {
  const { chats } = portalView();
  if (byId.of !== chats) byId = { of: chats, map: new Map(chats.map((chat) => [chat.id, chat])) };
  return byId.map;
}

export function chosenChat() {
  const one = chosenItem();
  const chats = one ? chatsOf(one) : [];
  return chats.find((chat) => chat.id === chosen.chat) ?? chats[0] ?? null;
}

/** Return what was said in a chat; only the one on the screen has it. */
export function messagesOf(chat) {
  const { talk } = portalView();
  return talk?.id === chat.id ? talk.messages : [];
}

export function robotsOn(type, stageId) {
  const found = portalView().automation.find((one) => one.entityTypeId === type && one.stageId === stageId);
  return found?.robots ?? [];
}

export function registered() {
  return portalView().app?.robots ?? [];
}

export function robotName(code) {
  const found = registered().find((one) => one.code === code);
  return found ? localized(found.name) : code;
}

export function processesOf(one) {
  return portalView()
    .processes.filter((process) => process.entityTypeId === one.entityTypeId && process.itemId === one.id)
    .reverse();
}

export function tasksOf(one) {
  const letter = TASK_LETTERS[one.entityTypeId] ?? `T${one.entityTypeId.toString(16)}`;
  return portalView().tasks.filter((task) => task.ufCrmTask.includes(`${letter}_${one.id}`));
}

export function commentsOf(one) {
  return portalView()
    .timeline.filter((comment) => comment.entityTypeId === one.entityTypeId && comment.itemId === one.id)
    .reverse();
}

/** Return a bound placement; none is shown before the installation is finished. */
export function placement(code) {
  const { app } = portalView();
  return app?.installed ? (app.placements.find((one) => one.placement === code) ?? null) : null;
}

/** The placement code of an item's tab in its card. */
export function tabPlacement(type) {
  if (type === 1) return "CRM_LEAD_DETAIL_TAB";
  return type === DEAL ? "CRM_DEAL_DETAIL_TAB" : `CRM_DYNAMIC_${type}_DETAIL_TAB`;
}
