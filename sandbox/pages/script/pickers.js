/** The portal's own dialogs in which a page of an application lets people choose users, rights or CRM items. */

import { button, iconButton, nothing } from "./controls.js";
import { h } from "./element.js";
import { employees } from "./lookup.js";
import { attempt, read } from "./service.js";
import { choose, chosen, portalView } from "./state.js";
import { say } from "./words.js";

const SHOWN = 60;
const CRM_LETTERS = { lead: "L", deal: "D", contact: "C", company: "CO" };

/** Let a person choose employees; resolves to one `{id, name, …}`, a list of them, or null when he gives up. */
export async function selectUser({ mult }) {
  const options = employees().map((one) => {
    return { id: String(one.id), title: one.name, note: one.position, said: userOf(one) };
  });
  const found = await pick("users", options, { isMultiple: Boolean(mult) });
  return found && (mult ? found : found[0]);
}

function userOf(one) {
  const url = `/company/personal/user/${one.id}/`;
  return { id: one.id, name: one.name, photo: "", position: one.position, url, sub: false, sup: false };
}

/** Let a person choose rights of access; `value` are those that may not be chosen. */
export async function selectAccess({ value }) {
  const blocked = new Set([value ?? []].flat().map(String));
  const options = [
    { id: "AU", title: say("access_all") },
    ...portalView().departments.map((one) => ({ id: `DR${one.id}`, title: one.name, note: say("access_department") })),
    ...employees().map((one) => ({ id: `U${one.id}`, title: one.name, note: one.position })),
  ].filter((one) => !blocked.has(one.id));
  const said = (one) => ({ ...one, said: { id: one.id, name: one.title } });
  return pick("access", options.map(said), { isMultiple: true });
}

/** Let a person choose CRM items; resolves to `{deal: {0: {…}}}`, as the portal numbers what it gives. */
export async function selectCRM({ entityType, multiple, value }) {
  const kinds = [entityType ?? Object.keys(CRM_LETTERS)].flat().filter((kind) => kind in CRM_LETTERS);
  const all = await attempt(() => read("crm"));
  if (!all) return null;
  const options = kinds.flatMap((kind) => all[kind].map((one) => optionOf(kind, one)));
  const before = multiple ? chosenBefore(value) : [];
  const found = await pick("crm", options, { isMultiple: Boolean(multiple), before });
  if (!found) return null;
  return Object.fromEntries(kinds.map((kind) => [kind, { ...found.filter((one) => one.type === kind) }]));
}

function optionOf(kind, { id, title, note }) {
  const name = `${CRM_LETTERS[kind]}_${id}`;
  const said = { id: name, type: kind, place: kind, title, desc: note, url: `/crm/${kind}/details/${id}/` };
  return { id: name, title, note: say(`crm_${kind}`), said };
}

/** What is chosen already comes as `["D_1"]` or as `{deal: [1]}`. */
function chosenBefore(value) {
  if (Array.isArray(value)) return value.map(String);
  return Object.entries(value ?? {}).flatMap(([kind, ids]) => [ids].flat().map((id) => `${CRM_LETTERS[kind]}_${id}`));
}

function pick(kind, options, { isMultiple, before = [] }) {
  chosen.picker?.resolve(null);
  return new Promise((resolve) => {
    choose({ picker: { kind, options, isMultiple, before, picked: before, text: "", resolve } });
  });
}

function finish(said) {
  const { resolve } = chosen.picker;
  choose({ picker: null });
  resolve(said);
}

function take(option) {
  const { isMultiple, picked } = chosen.picker;
  if (!isMultiple) return finish([option.said]);
  const isIn = picked.includes(option.id);
  choose({
    picker: { ...chosen.picker, picked: isIn ? picked.filter((one) => one !== option.id) : [...picked, option.id] },
  });
}

export function picker() {
  if (!chosen.picker) return null;
  const { kind, options, isMultiple, text } = chosen.picker;
  const title = say(`pick_${kind}`);
  const giveUp = () => finish(null);
  const oncancel = (event) => {
    event.preventDefault();
    giveUp();
  };
  const fits = options.filter((one) => one.title.toLowerCase().includes(text.trim().toLowerCase())).slice(0, SHOWN);
  const oninput = (event) => choose({ picker: { ...chosen.picker, text: event.target.value } });
  const look = { type: "text", id: "picker-text", "aria-label": say("search"), placeholder: say("search") };
  return h(
    "dialog",
    { class: "editor picker", key: "picker", "aria-label": title, born: (node) => node.showModal(), oncancel },
    h("header", { class: "panel-head" }, h("h2", {}, title), iconButton("close", say("close"), giveUp)),
    h("input", { ...look, value: text, autofocus: true, oninput }),
    h("div", { class: "picker-list" }, fits.length ? fits.map(optionButton) : nothing("nothing_found")),
    isMultiple && done(giveUp),
  );
}

function done(giveUp) {
  const { options, before, picked } = chosen.picker;
  const onclick = () => finish(options.filter((one) => picked.includes(one.id)).map((one) => one.said));
  const words = picked.length ? say("pick_done", { number: picked.length }) : say("pick_none");
  // To choose nothing is a choice only where something was chosen before.
  const disabled = !picked.length && !before.length;
  return h(
    "footer",
    { class: "editor-foot" },
    button({ class: "button primary", id: "picker-done", disabled, onclick }, words),
    button({ class: "button", onclick: giveUp }, say("cancel")),
  );
}

function optionButton(option) {
  const isPicked = chosen.picker.picked.includes(option.id);
  const look = { class: `menu-entry ${isPicked ? "is-picked" : ""}`, key: option.id, "data-option": option.id };
  return button(
    { ...look, "aria-pressed": String(isPicked), onclick: () => take(option) },
    h("span", { class: "menu-label" }, option.title),
    option.note && h("span", { class: "menu-note" }, option.note),
  );
}
