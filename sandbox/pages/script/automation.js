/** The automation editor: which robots stand on a stage, in which order, with which settings. */

import { h } from "./element.js";
import { field } from "./field.js";
import { icon } from "./icons.js";
import { registered, robotName, robotsOn } from "./lookup.js";
import { act, attempt } from "./service.js";
import { choose, chosen } from "./state.js";
import { declared, valueOf } from "./values.js";
import { localized, say } from "./words.js";

export function openEditor(type, stage, index = 0) {
  const robots = robotsOn(type, stage.id).map((one) => ({
    code: one.code,
    properties: { ...one.properties },
    wait_previous: one.wait_previous,
    auth_user_id: one.auth_user_id,
  }));
  choose({ editor: { type, stage, robots, index, returnTo: document.activeElement }, menu: null });
}

function close() {
  const { returnTo } = chosen.editor;
  choose({ editor: null });
  setTimeout(() => returnTo?.isConnected && returnTo.focus());
}

function edit(changes) {
  choose({ editor: { ...chosen.editor, ...changes } });
}

export function editor() {
  if (!chosen.editor) return null;
  const { stage, robots } = chosen.editor;
  const title = say("robots_of_stage", { stage: stage.name });
  return h(
    "dialog",
    {
      class: "editor",
      key: "editor",
      "aria-label": title,
      // The browser opens and closes it: the attribute is not ours to take away.
      open: chosen.editor.isShown,
      born: (node) => {
        node.showModal();
        chosen.editor.isShown = true;
      },
      oncancel: (event) => {
        event.preventDefault();
        close();
      },
    },
    h("header", { class: "panel-head" }, h("h2", {}, title), closeButton()),
    h(
      "div",
      { class: "editor-body" },
      h("div", { class: "editor-list" }, robots.map(entry), !robots.length && h("p", { class: "empty" }, say("no_robots_yet")), adder()),
      settings(),
    ),
    h(
      "footer",
      { class: "editor-foot" },
      h("button", { type: "button", class: "button primary", id: "editor-save", onclick: save }, say("save")),
      h("button", { type: "button", class: "button", onclick: close }, say("cancel")),
      h("small", {}, say("robots_take_effect")),
    ),
  );
}

function closeButton() {
  return h("button", { type: "button", class: "icon-button", "aria-label": say("close"), title: say("close"), onclick: close }, icon("close"));
}

function entry(robot, index) {
  const { index: here, robots } = chosen.editor;
  const without = robots.filter((_, at) => at !== index);
  return h(
    "div",
    { class: `entry ${index === here ? "is-chosen" : ""}`, key: `entry-${index}` },
    h(
      "button",
      { type: "button", class: "entry-name", "aria-pressed": String(index === here), onclick: () => edit({ index }) },
      icon("robot"),
      h("span", {}, robotName(robot.code)),
    ),
    index > 0 && tool("up", say("move_up"), () => edit({ robots: [...without.toSpliced(index - 1, 0, robot)], index: index - 1 })),
    tool("trash", say("remove"), () => edit({ robots: without, index: Math.max(0, here - (index <= here ? 1 : 0)) })),
  );
}

function tool(name, label, onclick) {
  return h("button", { type: "button", class: "icon-button", key: name, "aria-label": label, title: label, onclick }, icon(name));
}

function adder() {
  const robots = registered();
  if (!robots.length) return h("p", { class: "empty" }, say("no_app_robots"));
  return h(
    "select",
    {
      id: "editor-add",
      class: "adder",
      "aria-label": say("add_robot"),
      value: "",
      onchange: (event) => {
        const added = { code: event.target.value, properties: {}, wait_previous: false, auth_user_id: 0 };
        event.target.value = "";
        edit({ robots: [...chosen.editor.robots, added], index: chosen.editor.robots.length });
      },
    },
    h("option", { value: "", key: "none" }, `+ ${say("add_robot")}`),
    robots.map((one) => h("option", { value: one.code, key: one.code }, localized(one.name))),
  );
}

function settings() {
  const { robots, index } = chosen.editor;
  const robot = robots[index];
  if (!robot) return h("div", { class: "editor-form", key: "nothing" }, h("p", { class: "empty" }, say("choose_robot")));
  const known = registered().find((one) => one.code === robot.code);
  if (!known) return h("div", { class: "editor-form", key: "lost" }, h("p", { class: "empty" }, say("robot_lost")));
  const specs = Object.entries(known.properties).map(([code, raw]) => declared(code, raw));
  const set = (code, value) => change(index, { properties: { ...robot.properties, [code]: value } });
  return h(
    "form",
    { class: "editor-form", key: `form-${index}-${robot.code}`, onsubmit: save },
    h("h3", {}, localized(known.name)),
    known.description && h("p", { class: "about" }, localized(known.description)),
    specs.map((spec) => field(spec, valueOf(robot.properties, spec), (value) => set(spec.code, value))),
    index > 0 &&
      field({ code: "wait_previous", name: say("wait_previous"), type: "bool" }, robot.wait_previous ? "Y" : "N", (value) =>
        change(index, { wait_previous: value === "Y" }),
      ),
    h("p", { class: "about" }, say("expressions")),
  );
}

function change(index, changes) {
  edit({ robots: chosen.editor.robots.map((one, at) => (at === index ? { ...one, ...changes } : one)) });
}

async function save(event) {
  event.preventDefault();
  const { type, stage, robots } = chosen.editor;
  if (await attempt(() => act("automation", { entityTypeId: type, stageId: stage.id, robots }))) close();
}
