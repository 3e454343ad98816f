// The chain of an escalation, built level by level; it is kept as the text that an administrator could have typed.

import { chip, grow } from "./fields.js";
import { chooseUsers } from "./people.js";
import { toast } from "../toast.js";

const STEP_MINUTES = 15;
const MOST_LEVELS = 10;
const SOMEBODY = "user:";

export class Levels {
  #root;
  #area;
  #context;
  #changed;
  #levels;
  #mode = "builder";

  // `parsed` is the chain as the server reads the text, null when it can be shown as text only.
  constructor(root, parsed, context, changed) {
    this.#root = root;
    this.#area = root.querySelector("textarea");
    this.#context = context;
    this.#changed = changed;
    this.#levels = parsed ?? [];
    for (const button of root.querySelectorAll("[data-mode]")) {
      button.addEventListener("click", () => this.#switch(button.dataset.mode));
    }
    root.querySelector("[data-start]").addEventListener("click", () => this.#add());
    root.querySelector("[data-add-level]").addEventListener("click", () => this.#add());
    if (parsed === null) this.#mode = "text";
    this.#draw();
  }

  // The server has read the text that stands here now.
  learn(parsed) {
    if (this.#mode === "text") this.#levels = parsed;
  }

  #switch(mode) {
    if (mode === "builder" && this.#levels === null) {
      toast(this.#context.words.unreadable, true);
      return;
    }
    this.#mode = mode;
    this.#draw();
    if (mode === "text") this.#area.focus();
  }

  // Write the chain down as text and say so.
  #write() {
    this.#area.value = this.#levels.map(line).join("\n");
    this.#changed();
  }

  #edit(change, focus = "") {
    change();
    this.#write();
    this.#draw();
    if (focus) this.#root.querySelector(focus)?.focus();
  }

  #add() {
    const last = Number(this.#levels.at(-1)?.minutes) || 0;
    const level = { minutes: last + STEP_MINUTES, actions: [{ verb: "notify", target: this.#levels.length ? "head" : "owner" }] };
    this.#edit(() => this.#levels.push(level), `[data-level="${this.#levels.length}"] .minutes`);
  }

  // The minutes stay where they are, what happens then moves.
  #move(index, by) {
    const other = index + by;
    const actions = this.#levels[index].actions;
    this.#edit(() => {
      this.#levels[index].actions = this.#levels[other].actions;
      this.#levels[other].actions = actions;
    }, `[data-level="${other}"] [data-tool="${by < 0 ? "up" : "down"}"]`);
  }

  #draw() {
    const isText = this.#mode === "text";
    const isEmpty = !isText && this.#levels.length === 0;
    const list = this.#root.querySelector(".levels-list");
    for (const button of this.#root.querySelectorAll("[data-mode]")) {
      button.setAttribute("aria-pressed", String(button.dataset.mode === this.#mode));
    }
    this.#area.hidden = !isText;
    if (isText) grow(this.#area);
    this.#root.querySelector(".levels-none").hidden = !isEmpty;
    this.#root.querySelector("[data-add-level]").hidden = isText || isEmpty || this.#levels.length >= MOST_LEVELS;
    list.hidden = isText || isEmpty;
    list.replaceChildren(...(isText ? [] : this.#levels.map((level, index) => this.#level(level, index))));
  }

  #level(level, index) {
    const { words } = this.#context;
    const title = words.level.replace("{number}", index + 1);
    const item = make("li", { "data-level": index, "aria-label": title });
    const minutes = make("input", { type: "text", inputmode: "numeric", class: "minutes short", value: level.minutes, "aria-label": `${title}: ${words.minutes} … ${words.unit}` });
    minutes.addEventListener("input", () => {
      level.minutes = minutes.value.trim();
      this.#write();
    });
    const head = make("div", { class: "level-head" }, make("b", {}, title), make("span", { class: "muted" }, words.minutes), minutes, make("span", { class: "muted" }, words.unit), this.#tools(index));
    const actions = level.actions.map((action, place) => this.#action(level, action, index, place));
    const add = tool("+", words.actionAdd, () => this.#edit(() => level.actions.push({ verb: "notify", target: "head" }), `[data-level="${index}"] .action:last-of-type select`), { class: "button small plain add-action" });
    add.textContent = `+ ${words.actionAdd}`;
    item.append(head, ...actions, add);
    return item;
  }

  #tools(index) {
    const { words } = this.#context;
    const last = this.#levels.length - 1;
    return make(
      "span",
      { class: "level-tools" },
      tool("↑", words.levelUp, () => this.#move(index, -1), { "data-tool": "up", disabled: index === 0 }),
      tool("↓", words.levelDown, () => this.#move(index, 1), { "data-tool": "down", disabled: index === last }),
      tool("×", words.levelRemove, () => this.#edit(() => this.#levels.splice(index, 1)), { "data-tool": "remove" }),
    );
  }

  #action(level, action, index, place) {
    const { words } = this.#context;
    const here = `[data-level="${index}"] [data-action="${place}"]`;
    const row = make("div", { class: "action", "data-action": place });
    const verbs = select(Object.entries(words.verbs), action.verb, words.action);
    verbs.addEventListener("change", () => {
      const first = Object.keys(words.targets[verbs.value] ?? {})[0] ?? "";
      this.#edit(() => Object.assign(action, { verb: verbs.value, target: first }), `${here} select`);
    });
    row.append(verbs, ...this.#target(action, here));
    if (level.actions.length > 1) {
      row.append(tool("×", words.actionRemove, () => this.#edit(() => level.actions.splice(place, 1))));
    }
    return row;
  }

  // Whom or what an action concerns.
  #target(action, here) {
    const { words } = this.#context;
    if (action.verb === "comment") return [];
    if (action.verb === "trigger") return [this.#trigger(action)];
    const people = action.target.startsWith(SOMEBODY) ? action.target.split("+") : [];
    const many = action.verb === "reassign";
    const named = [...Object.entries(words.targets[action.verb]), [SOMEBODY, many ? words.people : words.person]];
    const targets = select(named, people.length ? SOMEBODY : action.target, words.target);
    const set = (target) => this.#edit(() => Object.assign(action, { target }), `${here} select:last-of-type`);
    const choose = async () => {
      const chosen = (await chooseUsers(this.#context.portal, this.#context.names, many)).map((id) => SOMEBODY + id);
      if (chosen.length) set([...new Set([...(many ? people : []), ...chosen])].join("+"));
      else targets.value = people.length ? SOMEBODY : action.target;
    };
    targets.addEventListener("input", (event) => event.stopPropagation());
    targets.addEventListener("change", (event) => {
      event.stopPropagation();
      if (targets.value === SOMEBODY) choose();
      else set(targets.value);
    });
    const chips = people.map((one) => this.#person(action, one, people, set));
    if (many && people.length) chips.push(tool("+", words.people, choose, { class: "button small plain" }));
    return [targets, ...chips];
  }

  #person(action, one, people, set) {
    const { names, words } = this.#context;
    const rest = people.filter((other) => other !== one).join("+");
    const first = Object.keys(words.targets[action.verb])[0];
    return chip(names.of(one.slice(SOMEBODY.length)), words.remove, () => set(rest || first), "span");
  }

  #trigger(action) {
    const { words, triggers } = this.#context;
    const input = make("input", { type: "text", value: action.target, list: "trigger-codes", placeholder: words.trigger, "aria-label": words.trigger });
    input.addEventListener("input", () => {
      action.target = input.value.trim();
      this.#write();
    });
    if (!document.getElementById("trigger-codes")) {
      const options = Object.entries(triggers).map(([code, name]) => make("option", { value: code }, name));
      document.body.append(make("datalist", { id: "trigger-codes" }, ...options));
    }
    return input;
  }
}

function line(level) {
  return `${level.minutes}: ${level.actions.map(said).join(", ")}`;
}

function said({ verb, target }) {
  if (verb === "reassign") return `reassign pool=${target}`;
  return target ? `${verb} ${target}` : verb;
}

function select(named, value, label) {
  const options = named.map(([code, text]) => make("option", { value: code }, text));
  const element = make("select", { "aria-label": label }, ...options);
  element.value = value;
  return element;
}

function tool(text, label, act, attributes = {}) {
  const button = make("button", { type: "button", class: "tool", title: label, "aria-label": label, ...attributes }, text);
  button.addEventListener("click", act);
  return button;
}

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, value);
  }
  element.append(...children.map((child) => (child instanceof Node ? child : document.createTextNode(String(child)))));
  return element;
}
