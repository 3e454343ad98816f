/** A process in the card: the robots of one stage, how far each has come and what it returned. */

import { rich } from "./bbcode.js";
import { portalNow } from "./clock.js";
import { h } from "./element.js";
import { robotName } from "./lookup.js";
import { shortMoment } from "./moments.js";
import { portalView } from "./state.js";
import { declared } from "./values.js";
import { knows, say } from "./words.js";

export function processBox(process) {
  const stages = portalView().categories.flatMap((category) => category.stages);
  const stage = stages.find((one) => one.id === process.stageId)?.name ?? process.stageId;
  return h(
    "section",
    { class: "box-white process", key: process.id },
    h("h3", {}, say("process_on", { stage }), state(process.state)),
    h("small", {}, say("since", { time: shortMoment(process.startedAt, portalNow()) })),
    process.said && h("p", { class: "run-log" }, process.said),
    process.robots.map(runOf),
  );
}

function runOf(run) {
  return h(
    "div",
    { class: "run", key: run.activity },
    h(
      "div",
      { class: "run-head" },
      h("b", {}, robotName(run.code)),
      state(run.state),
      run.finishedAt && h("small", {}, shortMoment(run.finishedAt, portalNow())),
    ),
    Object.keys(run.returned).length > 0 && returned(run),
    run.log.map((line) => h("p", { class: "run-log" }, line)),
  );
}

function returned(run) {
  const specs = portalView().app?.robots.find((one) => one.code === run.code)?.return_properties ?? {};
  const rows = Object.entries(run.returned).map(([code, value]) => [
    h("dt", { title: code }, code in specs ? declared(code, specs[code]).name : code),
    h("dd", {}, worded(value)),
  ]);
  return h("dl", { class: "facts returned" }, rows);
}

function worded(value) {
  if (value !== null && typeof value === "object") return JSON.stringify(value);
  const text = String(value ?? "");
  return /^https?:/.test(text) ? rich(`[url]${text}[/url]`) : text;
}

function state(value) {
  const code = value.replace(" ", "_");
  return h("span", { class: `badge badge-${code}` }, knows(`state_${code}`) ? say(`state_${code}`) : value);
}
