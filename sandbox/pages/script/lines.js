/** Settings of the open lines: hours, queue, and what the line says to clients by itself. */

import { button, iconButton, tab, tabList } from "./controls.js";
import { h } from "./element.js";
import { field } from "./field.js";
import { avatar } from "./icons.js";
import { employees, userName } from "./lookup.js";
import { act, attempt, toast } from "./service.js";
import { choose, chosen, portalView } from "./state.js";
import { say } from "./words.js";

const DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const CREATED = ["none", "lead", "deal"];
/** Names of the settings in orders, and the keys of a line that hold them. */
const SETTINGS = {
  name: "name",
  worktime_enabled: "worktimeEnabled",
  worktime_from: "worktimeFrom",
  worktime_to: "worktimeTo",
  days_off: "daysOff",
  off_hours_text: "offHoursText",
  close_text: "closeText",
  full_close_minutes: "fullCloseMinutes",
  vote: "vote",
  check_available: "checkAvailable",
  crm_create: "crmCreate",
  queue: "queue",
};

export function openLines(id = portalView().lines[0].id) {
  const returnTo = chosen.lines?.returnTo ?? document.activeElement;
  choose({ lines: { id, values: {}, returnTo }, menu: null });
}

function close() {
  const { returnTo } = chosen.lines;
  choose({ lines: null });
  setTimeout(() => returnTo?.isConnected && returnTo.focus());
}

function set(name, value) {
  choose({ lines: { ...chosen.lines, values: { ...chosen.lines.values, [name]: value } } });
}

async function save(event) {
  event.preventDefault();
  const { id, values } = chosen.lines;
  if (!(await attempt(() => act("lines", { id, ...values })))) return;
  close();
  toast(say("line_saved"));
}

export function lineEditor() {
  if (!chosen.lines) return null;
  const oncancel = (event) => {
    event.preventDefault();
    close();
  };
  return h(
    "dialog",
    { class: "editor", key: "lines", "aria-label": say("lines"), born: (node) => node.showModal(), oncancel },
    h("header", { class: "panel-head" }, h("h2", {}, say("lines")), iconButton("close", say("close"), close)),
    tabList({ class: "card-tabs", "aria-label": say("lines") }, portalView().lines.map(lineTab)),
    form(),
  );
}

function lineTab(line) {
  const onclick = () => openLines(line.id);
  return tab({ key: line.id, isChosen: line.id === chosen.lines.id, onclick }, line.name);
}

function form() {
  const line = portalView().lines.find((one) => one.id === chosen.lines.id);
  const now = (name) => chosen.lines.values[name] ?? line[SETTINGS[name]];
  return h(
    "form",
    { class: "editor-frame", key: `line-${line.id}`, onsubmit: save },
    h("div", { class: "editor-form two-columns" }, h("div", {}, hours(now)), h("div", {}, words(now), queue(now))),
    h(
      "footer",
      { class: "editor-foot" },
      h("button", { type: "submit", class: "button primary", id: "lines-save" }, say("save")),
      button({ class: "button", onclick: close }, say("cancel")),
      h("small", {}, say("lines_take_effect")),
    ),
  );
}

function text(name, now, type = "string") {
  return field({ code: name, name: say(`line_${name}`), type }, now(name), (value) => set(name, value));
}

function flag(name, now) {
  const spec = { code: name, name: say(`line_${name}`), type: "bool" };
  return field(spec, now(name) ? "Y" : "N", (value) => set(name, value === "Y"));
}

function hours(now) {
  const days = now("days_off");
  const change = (day, isOff) => set("days_off", isOff ? [...days, day] : days.filter((one) => one !== day));
  return [
    text("name", now),
    flag("worktime_enabled", now),
    now("worktime_enabled") &&
      h("div", { class: "pair", key: "hours" }, text("worktime_from", now), text("worktime_to", now)),
    now("worktime_enabled") &&
      h(
        "fieldset",
        { class: "days", key: "days" },
        h("legend", {}, say("line_days_off")),
        DAYS.map((day) => {
          const onchange = (event) => change(day, event.target.checked);
          const box = h("input", { type: "checkbox", id: `day-${day}`, checked: days.includes(day), onchange });
          return h("label", { key: day }, box, say(`day_${day}`));
        }),
      ),
    flag("check_available", now),
    created(now),
  ];
}

function created(now) {
  const options = CREATED.map((value) => ({ value, title: say(`created_${value}`) }));
  const spec = { code: "crm_create", name: say("line_crm_create"), type: "select", options };
  return field(spec, now("crm_create"), (value) => set("crm_create", value || "none"));
}

function words(now) {
  const minutes = { code: "full_close_minutes", name: say("line_full_close_minutes"), type: "int" };
  const setMinutes = (value) => set("full_close_minutes", Number.parseInt(value, 10) || 0);
  return [
    text("off_hours_text", now, "text"),
    text("close_text", now, "text"),
    field(minutes, String(now("full_close_minutes")), setMinutes),
    flag("vote", now),
  ];
}

/** Who is in the queue, in its order; those who are not stand below. */
function queue(now) {
  const inside = now("queue");
  const outside = employees().filter((one) => !inside.includes(one.id));
  return h(
    "section",
    { key: "queue" },
    h("h3", {}, say("line_queue")),
    inside.map((id, index) =>
      h(
        "div",
        { class: "entry", key: id },
        h("span", { class: "entry-name" }, `${index + 1}. ${userName(id)}`),
        index > 0 && iconButton("up", say("move_up"), () => set("queue", raised(inside, index)), { key: "up" }),
        iconButton("close", say("remove"), () => set("queue", inside.filter((one) => one !== id)), { key: "remove" }),
      ),
    ),
    outside.map((one) =>
      button(
        { class: "menu-entry", key: one.id, onclick: () => set("queue", [...inside, one.id]) },
        avatar(one, "small"),
        h("span", { class: "menu-label" }, `+ ${one.name}`),
      ),
    ),
  );
}

function raised(list, index) {
  return list.toSpliced(index, 1).toSpliced(index - 1, 0, list[index]);
}
