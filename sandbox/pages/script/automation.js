/** The automation editor: which robots stand on a stage, in which order, with which settings. */

import { button, iconButton, nothing } from "./controls.js";
import { h } from "./element.js";
import { field } from "./field.js";
import { openFrame } from "./frame.js";
import { icon } from "./icons.js";
import { registered, robotName, robotsOn } from "./lookup.js";
import { openApplication, openPath } from "./panels.js";
import { act, attempt } from "./service.js";
import { choose, chosen, portalView } from "./state.js";
import { declared, listOf, valueOf } from "./values.js";
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

function change(index, changes) {
  edit({ robots: chosen.editor.robots.map((one, at) => (at === index ? { ...one, ...changes } : one)) });
}

/** Save the stage; a robot without a value that it requires comes to the screen instead. */
async function save(event) {
  event.preventDefault();
  const { type, stage, robots } = chosen.editor;
  const [wanting] = robots.flatMap((robot, index) => missing(robot).map((spec) => ({ index, robot, spec })));
  if (wanting) {
    const words = say("fill_in", { robot: robotName(wanting.robot.code), field: wanting.spec.name });
    edit({ index: wanting.index, missing: { code: wanting.spec.code, words } });
    setTimeout(() => document.getElementById(`field-${wanting.spec.code}`)?.focus());
    return;
  }
  if (await attempt(() => act("automation", { entityTypeId: type, stageId: stage.id, robots }))) close();
}

export function editor() {
  if (!chosen.editor) return null;
  const title = say("robots_of_stage", { stage: chosen.editor.stage.name });
  const oncancel = (event) => {
    event.preventDefault();
    close();
  };
  return h(
    "dialog",
    { class: "editor", key: "editor", "aria-label": title, born: (node) => node.showModal(), oncancel },
    h("header", { class: "panel-head" }, h("h2", {}, title), iconButton("close", say("close"), close)),
    h("div", { class: "editor-body" }, list(), settings()),
    h(
      "footer",
      { class: "editor-foot" },
      button({ class: "button primary", id: "editor-save", onclick: save }, say("save")),
      button({ class: "button", onclick: close }, say("cancel")),
      remark(),
    ),
  );
}

function remark() {
  const { missing: wanting, robots } = chosen.editor;
  const look = { class: "missing", id: "editor-missing", key: "missing", role: "alert" };
  if (wanting && robots.some((robot) => lacks(robot, wanting))) return h("small", look, wanting.words);
  return h("small", { key: "effect" }, say("robots_take_effect"));
}

/** Which required properties of a robot have neither a value nor a default. */
function missing(robot) {
  const known = registered().find((one) => one.code === robot.code);
  return Object.entries(known?.properties ?? {})
    .map(([code, raw]) => declared(code, raw))
    .filter((spec) => spec.isRequired && spec.type !== "bool")
    .filter((spec) => !listOf(valueOf(robot.properties, spec)).some((one) => one.trim()));
}

function lacks(robot, spec) {
  return missing(robot).some((one) => one.code === spec.code);
}

function list() {
  const { robots } = chosen.editor;
  return h("div", { class: "editor-list" }, robots.length ? robots.map(entry) : nothing("no_robots_yet"), adder());
}

function entry(robot, index) {
  const { index: here, robots } = chosen.editor;
  const without = robots.filter((_, at) => at !== index);
  const up = () => edit({ robots: without.toSpliced(index - 1, 0, robot), index: index - 1 });
  const remove = () => edit({ robots: without, index: Math.max(0, here - (index <= here ? 1 : 0)) });
  return h(
    "div",
    { class: `entry ${index === here ? "is-chosen" : ""}`, key: `entry-${index}` },
    button(
      { class: "entry-name", "aria-pressed": String(index === here), onclick: () => edit({ index }) },
      icon("robot"),
      h("span", {}, robotName(robot.code)),
    ),
    index > 0 && iconButton("up", say("move_up"), up, { key: "up" }),
    iconButton("trash", say("remove"), remove, { key: "trash" }),
    index > 0 && order(robot, index),
  );
}

/** Robots of a stage run side by side unless one is told to wait for the one before it. */
function order(robot, index) {
  const onchange = (event) => change(index, { wait_previous: event.target.checked });
  return h(
    "label",
    { class: "entry-order", key: "order", title: say("wait_previous_title") },
    h("input", { type: "checkbox", id: `wait-previous-${index}`, checked: Boolean(robot.wait_previous), onchange }),
    say("wait_previous"),
  );
}

function adder() {
  const robots = registered();
  if (!robots.length) return nothing("no_app_robots");
  const onchange = (event) => {
    const added = { code: event.target.value, properties: {}, wait_previous: false, auth_user_id: 0 };
    event.target.value = "";
    edit({ robots: [...chosen.editor.robots, added], index: chosen.editor.robots.length });
  };
  return h(
    "select",
    { id: "editor-add", class: "adder", "aria-label": say("add_robot"), value: "", onchange },
    h("option", { value: "", key: "none" }, `+ ${say("add_robot")}`),
    robots.map((one) => h("option", { value: one.code, key: one.code }, catalogueName(one))),
  );
}

/** The catalogue of a portal names the application before the robot (platform.md 1.2). */
function catalogueName(robot) {
  const { title } = portalView().app;
  return title ? `[${title}] ${localized(robot.name)}` : localized(robot.name);
}

function settings() {
  const { robots, index } = chosen.editor;
  const robot = robots[index];
  const known = robot && registered().find((one) => one.code === robot.code);
  if (!known) return h("div", { class: "editor-form", key: "none" }, nothing(robot ? "robot_lost" : "choose_robot"));
  if (known.placement_handler) return ownSettings(robot, index);
  const specs = Object.entries(known.properties).map(([code, raw]) => declared(code, raw));
  const set = (code, value) => change(index, { properties: { ...robot.properties, [code]: value } });
  return h(
    "form",
    { class: "editor-form", key: `form-${index}-${robot.code}`, onsubmit: save },
    h("h3", {}, localized(known.name)),
    known.description && h("p", { class: "about" }, localized(known.description)),
    specs.map((spec) => {
      const isMissing = chosen.editor.missing?.code === spec.code && lacks(robot, spec);
      return field({ ...spec, isMissing }, valueOf(robot.properties, spec), (value) => set(spec.code, value));
    }),
    h("p", { class: "about" }, say("expressions")),
  );
}

/** A robot with a settings page of its own is set up there; what it sets is saved with the rest. */
function ownSettings(robot, index) {
  const { type, robots } = chosen.editor;
  const template = robots.map((one) => ({ Type: one.code, Name: robotName(one.code), Properties: one.properties }));
  const wants = { robot: robot.code, options: { current_values: robot.properties, entity_type: type, template } };
  const declaredNames = Object.keys(registered().find((one) => one.code === robot.code).properties);
  const setProperties = (values) => {
    const known = Object.entries(values).filter(([name]) => declaredNames.includes(name));
    change(index, { properties: { ...chosen.editor.robots[index].properties, ...Object.fromEntries(known) } });
  };
  const born = (host) => openFrame(host, wants, { openApplication, openPath, setProperties });
  return h("div", { class: "frame-host", key: `own-${index}-${robot.code}`, kept: true, born });
}
