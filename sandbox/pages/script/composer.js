/** Where a person writes into the dialog: as the client, as an employee, or so that only staff can see it. */

import { h } from "./element.js";
import { icon } from "./icons.js";
import { employees, me, user, userName } from "./lookup.js";
import { act, attempt } from "./service.js";
import { choose, chosen } from "./state.js";
import { say } from "./words.js";

const VOICES = ["client", "staff", "hidden"];

export function composer(chat) {
  const look = { class: `composer composer-${chosen.voice}`, key: `composer-${chat.id}` };
  return h(
    "form",
    { ...look, onsubmit: (event) => submit(event, chat) },
    h("div", { class: "voices" }, voices(), writers(chat)),
    h(
      "div",
      { class: "typing" },
      text(chat),
      h(
        "button",
        { type: "submit", class: "button primary", id: "chat-send", title: say("send"), "aria-label": say("send") },
        icon("send"),
      ),
    ),
  );
}

function voices() {
  return h("div", { class: "segmented", role: "radiogroup", "aria-label": say("write_as") }, VOICES.map(voice));
}

function voice(one) {
  const isChosen = one === chosen.voice;
  const look = { type: "radio", name: "voice", id: `voice-${one}`, value: one, checked: isChosen };
  return h(
    "label",
    { key: one, title: say(`voice_${one}_title`) },
    h("input", { ...look, onchange: () => choose({ voice: one }) }),
    h("span", {}, say(`voice_${one}`)),
  );
}

function writers(chat) {
  if (chosen.voice === "client") return h("span", { class: "writer", key: "client" }, userName(chat.clientId));
  const look = { class: "writer", key: "employee", id: "chat-employee", "aria-label": say("employee") };
  const onchange = (event) => choose({ employee: Number(event.target.value) });
  return h(
    "select",
    { ...look, value: String(writer(chat).id), onchange },
    employees().map((one) => h("option", { value: String(one.id), key: one.id }, one.name)),
  );
}

/** Who writes when a person speaks as staff: the one he chose, else the operator, else himself. */
function writer(chat) {
  return user(chosen.employee) ?? user(chat.owner) ?? me();
}

function text(chat) {
  return h("textarea", {
    id: "chat-text",
    rows: "1",
    "aria-label": say("message"),
    placeholder: say(`placeholder_${chosen.voice}`),
    value: chosen.drafts[chat.id] ?? "",
    oninput: (event) => {
      chosen.drafts[chat.id] = event.target.value;
    },
    onkeydown: (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      event.target.form.requestSubmit();
    },
  });
}

async function submit(event, chat) {
  event.preventDefault();
  const said = (chosen.drafts[chat.id] ?? "").trim();
  if (!said) return;
  const author = chosen.voice === "client" ? "client" : String(writer(chat).id);
  const order = { author, text: said, hidden: chosen.voice === "hidden" };
  if (!(await attempt(() => act(`chats/${chat.id}/messages`, order)))) return;
  delete chosen.drafts[chat.id];
  choose({});
}
