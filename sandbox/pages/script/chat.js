/** The dialog of the chosen card: what was said, by whom, and what of it reached the client. */

import { rich } from "./bbcode.js";
import { portalNow } from "./clock.js";
import { composer } from "./composer.js";
import { button, nothing } from "./controls.js";
import { h } from "./element.js";
import { avatar, icon } from "./icons.js";
import { chatsOf, chosenChat, chosenItem, messagesOf, user, userName } from "./lookup.js";
import { lasted, shortMoment } from "./moments.js";
import { act, attempt } from "./service.js";
import { choose } from "./state.js";
import { say } from "./words.js";

/** How near to its end a talk is still followed, in pixels. */
const NEAR_END = 30;
/** Channels by the names that people know them under. */
const CONNECTORS = {
  telegrambot: "Telegram",
  whatsappbyedna: "WhatsApp",
  whatsappbytwilio: "WhatsApp",
  fbinstagramdirect: "Instagram",
  livechat: "Live chat",
};
const CONTACT = 3;

export function chatPane() {
  const item = chosenItem();
  const chat = chosenChat();
  if (!item) return nothing("choose_card");
  if (!chat) return [h("header", { class: "chat-head", key: "bare" }, h("h2", {}, item.title)), noChat(item)];
  const look = { class: "messages", id: "messages", role: "log", tabindex: "0", "aria-label": chat.title };
  return [
    head(item, chat),
    h("div", { ...look, key: `messages-${chat.id}`, onscroll: noteScroll }, messagesOf(chat).map(messageOf)),
    composer(chat),
  ];
}

function noChat(item) {
  const bound = [
    { entityTypeId: item.entityTypeId, id: item.id },
    ...item.contactIds.map((id) => ({ entityTypeId: CONTACT, id })),
  ];
  const onclick = () => attempt(() => act("chats", { client: { name: item.contacts[0] ?? "" }, bound }));
  return h(
    "div",
    { class: "empty", key: "nochat" },
    h("p", {}, say("item_has_no_chat")),
    button({ class: "button", id: "first-words", onclick }, say("client_writes_first")),
  );
}

function head(item, chat) {
  const channel = CONNECTORS[chat.connector] ?? chat.connector;
  return h(
    "header",
    { class: "chat-head", key: `head-${chat.id}` },
    avatar(user(chat.clientId)),
    h(
      "div",
      { class: "chat-title" },
      title(chatsOf(item), chat),
      h("small", {}, `${channel} · ${chat.lineName} · ${item.title}`),
    ),
    chat.waitingSince &&
      h("span", { class: "mark mark-waits" }, say("waits", { for: lasted(chat.waitingSince, portalNow()) })),
  );
}

function title(chats, chat) {
  if (chats.length < 2) return h("h2", { title: chat.title }, chat.title);
  const onchange = (event) => choose({ chat: Number(event.target.value) });
  return h(
    "select",
    { class: "chat-choice", "aria-label": say("dialog"), value: String(chat.id), onchange },
    chats.map((one) => h("option", { value: String(one.id), key: one.id }, one.title)),
  );
}

function messageOf(message) {
  const { id, kind } = message;
  const time = h("time", {}, shortMoment(message.at, portalNow()));
  const words = rich(message.text);
  if (kind === "system") return h("div", { class: "message message-system", key: id }, h("span", {}, words), time);
  const name = kind === "automatic" ? say("portal_says") : userName(message.author);
  return h(
    "div",
    { class: `message message-${kind}`, key: id },
    kind === "client" && avatar(user(message.author), "small"),
    h(
      "div",
      { class: "bubble" },
      h(
        "div",
        { class: "bubble-head" },
        h("b", {}, name),
        h("span", { class: `kind kind-${kind}` }, say(`kind_${kind}`)),
        reached(message),
        message.edited && h("span", { class: "reach" }, say("edited")),
        time,
      ),
      h("p", {}, words),
    ),
  );
}

function reached(message) {
  if (message.kind === "client") return null;
  if (message.kind === "hidden") return h("span", { class: "reach" }, icon("eye"), say("staff_only"));
  return message.delivered
    ? h("span", { class: "reach reach-yes" }, icon("check"), say("reached_client"))
    : h("span", { class: "reach reach-no" }, say("not_reached"));
}

/** Follow the talk to its end, unless the person has scrolled back to read. */
export function followTalk() {
  const messages = document.getElementById("messages");
  if (messages && !("liveBack" in messages.dataset)) messages.scrollTop = messages.scrollHeight;
}

function noteScroll(event) {
  const messages = event.currentTarget;
  const isBack = messages.scrollHeight - messages.scrollTop - messages.clientHeight > NEAR_END;
  messages.toggleAttribute("data-live-back", isBack);
}
