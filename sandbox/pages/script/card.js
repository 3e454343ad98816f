/** The card of a CRM item: its fields, tasks, comments, the processes of its robots, and the application's tab. */

import { rich } from "./bbcode.js";
import { portalNow } from "./clock.js";
import { nothing, tab, tabList } from "./controls.js";
import { h } from "./element.js";
import { openFrame } from "./frame.js";
import { avatar } from "./icons.js";
import { chatsOf, commentsOf, placement, processesOf, tabPlacement, tasksOf, user, userName } from "./lookup.js";
import { shortMoment } from "./moments.js";
import { parentOf, setPanel } from "./panels.js";
import { processBox } from "./process.js";
import { chosen } from "./state.js";
import { localized, say } from "./words.js";

export function cardBody(panel, item) {
  if (!item) return nothing("item_gone");
  const bound = placement(tabPlacement(item.entityTypeId));
  const processes = processesOf(item);
  const titles = {
    general: say("tab_general"),
    processes: say("tab_processes", { number: processes.length }),
    ...(bound ? { app: localized(bound.title) || say("app") } : {}),
  };
  return [
    tabList({ class: "card-tabs", key: "tabs" }, tabs(panel, titles)),
    panel.tab === "general" && general(item),
    panel.tab === "processes" &&
      h(
        "div",
        { class: "panel-body", key: "processes" },
        processes.length ? processes.map(processBox) : nothing("no_processes"),
      ),
    panel.hasApp && bound && appTab(panel, item, bound),
  ];
}

function tabs(panel, titles) {
  return Object.entries(titles).map(([code, title]) => {
    const onclick = () => setPanel(panel.id, { tab: code, hasApp: panel.hasApp || code === "app" });
    return tab({ key: code, isChosen: panel.tab === code, onclick }, title);
  });
}

/** The frame stays in the page once it was opened: a look at another tab must not load it anew. */
function appTab(panel, item, bound) {
  const wants = { placement: bound.placement, options: { ID: String(item.id) } };
  const born = (host) => openFrame(host, wants, parentOf(panel.id));
  return h("div", { class: "frame-host", key: "app", kept: true, hidden: panel.tab !== "app", born });
}

function general(item) {
  return h(
    "div",
    { class: "panel-body two-columns", key: "general" },
    h("div", {}, facts(item), tasks(item)),
    h("div", {}, h("h3", {}, say("timeline")), timeline(item)),
  );
}

function facts(item) {
  const rows = {
    stage: item.stageName,
    client: item.contacts.join(", ") || "—",
    responsible: h("span", { class: "person" }, avatar(user(item.assignedById), "small"), userName(item.assignedById)),
    amount: item.opportunity ? `${new Intl.NumberFormat(chosen.lang).format(item.opportunity)} ₽` : "—",
    dialog: chatsOf(item).map((chat) => chat.title).join(", ") || "—",
    created: shortMoment(item.createdTime, portalNow()),
    moved: shortMoment(item.movedTime, portalNow()),
  };
  const pairs = Object.entries(rows).map(([name, value]) => [h("dt", {}, say(name)), h("dd", {}, value)]);
  return h("section", { class: "box-white" }, h("h3", {}, say("about_item")), h("dl", { class: "facts" }, pairs));
}

function tasks(item) {
  const found = tasksOf(item);
  return h(
    "section",
    { class: "box-white" },
    h("h3", {}, say("tasks", { number: found.length })),
    found.length ? found.map(taskOf) : nothing("no_tasks"),
  );
}

function taskOf(task) {
  const notes = [userName(task.responsibleId)];
  if (task.deadline) notes.push(say("until", { time: shortMoment(task.deadline, portalNow()) }));
  if (task.status === "5") notes.push(say("task_done"));
  return h(
    "div",
    { class: "task", key: task.id },
    h("b", {}, task.title),
    task.description && h("p", {}, rich(task.description)),
    h("small", {}, notes.join(" · ")),
  );
}

function timeline(item) {
  const found = commentsOf(item);
  return found.length ? found.map(commentOf) : nothing("no_comments");
}

function commentOf(comment) {
  const about = `${userName(comment.author)} · ${shortMoment(comment.at, portalNow())}`;
  return h(
    "div",
    { class: "comment", key: comment.id },
    avatar(user(comment.author), "small"),
    h("div", {}, h("small", {}, about), h("p", {}, rich(comment.text))),
  );
}
