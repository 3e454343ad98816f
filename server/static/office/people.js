// People of the portal who are chosen for a setting: <people-list name lang-…> holds them and hands them on as JSON.
//
// data-people is the JSON of [{id, name, role, lines}]; data-roles, when it is there, the JSON of {role: word}, and then
// each person has a role and, with the role that data-lined names, lines. With data-refs ids are written as robots write
// them: user_7, and departments may be among them.

import { around } from "../around.js";
import { chooseUsers } from "../robot/people.js";

class PeopleList extends HTMLElement {
  #people = [];
  #roles = null;

  connectedCallback() {
    if (this.childElementCount) return;
    this.#people = JSON.parse(this.dataset.people);
    this.#roles = this.dataset.roles ? JSON.parse(this.dataset.roles) : null;
    this.#draw();
  }

  get json() {
    if (!this.#roles) return this.#people.map((person) => person.id);
    return this.#people.map(({ id, name, role, lines }) => ({ id, name, role, lines }));
  }

  async #choose() {
    const names = new Map();
    const chosen = await chooseUsers(around.portal, { learn: (id, name) => names.set(id, name ?? "") }, true);
    for (const chosenId of chosen) {
      const id = this.hasAttribute("data-refs") ? `user_${chosenId}` : chosenId;
      if (this.#people.some((person) => person.id === id)) continue;
      this.#people.push({ id, name: names.get(chosenId), role: Object.keys(this.#roles ?? {})[0], lines: [] });
    }
    this.#redraw();
  }

  #redraw() {
    this.#draw();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #draw() {
    const list = make("ul", { className: this.#roles ? "people-rows" : "people-chips" });
    list.append(...this.#people.map((person) => this.#row(person)));
    const add = make("button", { type: "button", className: "button small", textContent: this.dataset.add });
    add.addEventListener("click", () => this.#choose());
    this.replaceChildren(...(this.#people.length ? [list, add] : [add]));
  }

  #row(person) {
    const row = make("li");
    const name = make("bdi", { textContent: person.name || `#${person.id}` });
    const gone = make("button", { type: "button", className: "take-away", title: this.dataset.remove });
    gone.setAttribute("aria-label", `${this.dataset.remove}: ${name.textContent}`);
    gone.append(icon("cross"));
    gone.addEventListener("click", () => {
      this.#people = this.#people.filter((one) => one !== person);
      this.#redraw();
    });
    row.append(name, ...(this.#roles ? this.#controls(person) : []), gone);
    return row;
  }

  #controls(person) {
    const role = make("select", { className: "small" });
    role.setAttribute("aria-label", `${this.dataset.role}: ${person.name}`);
    for (const [code, said] of Object.entries(this.#roles)) role.append(new Option(said, code, false, code === person.role));
    const lines = make("input", { type: "text", className: "small", placeholder: this.dataset.linesHint, value: person.lines.join(", ") });
    lines.setAttribute("aria-label", `${this.dataset.linesLabel}: ${person.name}`);
    lines.inputMode = "numeric";
    lines.hidden = person.role !== this.dataset.lined;
    role.addEventListener("change", () => {
      person.role = role.value;
      lines.hidden = role.value !== this.dataset.lined;
      if (lines.hidden) person.lines = [];
    });
    lines.addEventListener("input", () => {
      person.lines = lines.value.split(/[,\s]+/).map(Number).filter((line) => Number.isInteger(line) && line > 0);
    });
    return [role, lines];
  }
}

function make(tag, properties = {}) {
  return Object.assign(document.createElement(tag), properties);
}

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

customElements.define("people-list", PeopleList);
