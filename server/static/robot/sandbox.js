// What a robot would do with a chosen item, tried on the page about the robot: the same form and the same answer as in
// the portal's dialog, but nobody is told what is filled in.

import { around } from "../around.js";
import { Field } from "./fields.js";
import { Levels } from "./levels.js";
import { Names } from "./people.js";
import { Preview } from "./preview.js";

class RobotSandbox extends HTMLElement {
  #fields = new Map();
  #preview = null;

  connectedCallback() {
    if (this.#preview) return;
    const data = JSON.parse(this.querySelector("#data").textContent);
    const context = { ...data, portal: around.portal, names: new Names(data.people) };
    let levels = null;
    for (const row of this.querySelectorAll("[data-field]")) {
      const field = new Field(row, context, () => this.#changed());
      this.#fields.set(field.name, field);
      const editor = row.querySelector("[data-levels]");
      if (editor) levels = new Levels(editor, data.levels, context, () => this.#changed());
    }
    this.querySelector("#form").addEventListener("submit", (event) => event.preventDefault());
    this.#preview = new Preview(around.session, context, data.item, () => this.#values(), (answer) => this.#told(answer, levels));
    this.#arrange();
    this.#preview.soon(0);
  }

  #values() {
    return Object.fromEntries([...this.#fields.values()].map((field) => [field.name, field.value]));
  }

  #changed() {
    this.#arrange();
    this.#preview.soon();
  }

  #arrange() {
    for (const field of this.#fields.values()) {
      if (field.overruledBy) field.overrule(this.#fields.get(field.overruledBy)?.isFilled ?? false);
    }
  }

  #told(answer, levels) {
    for (const field of this.#fields.values()) field.complain(answer.errors[field.name] ?? "");
    const nowhere = this.querySelector("#error-nowhere");
    nowhere.textContent = answer.errors[""] ?? "";
    nowhere.hidden = !nowhere.textContent;
    if (Object.keys(answer.errors).length) this.querySelector(".sandbox-form").open = true;
    levels?.learn(answer.levels);
  }
}

customElements.define("robot-sandbox", RobotSandbox);
