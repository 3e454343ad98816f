// The fields of a robot's settings: what stands in them, in the form in which the portal keeps it.

import { chooseUsers } from "./people.js";

const EXPRESSION = /\{=[^{}]+\}|\{\{[^{}]+\}\}/;

export class Field {
  #row;
  #changed;
  #people = null;
  #isTouched = false;

  // `changed(field)` is called whenever somebody changes what stands in the field.
  constructor(row, context, changed) {
    this.#row = row;
    this.#changed = () => {
      this.#isTouched = true;
      changed(this);
    };
    this.name = row.dataset.field;
    this.wire = row.dataset.wire;
    this.kind = row.dataset.kind;
    this.isMultiple = "multiple" in row.dataset;
    this.isUntold = "untold" in row.dataset;
    this.overruledBy = row.dataset.overruledBy ?? "";
    const people = row.querySelector(".people");
    if (people) this.#people = new People(people, this.isMultiple, context, this.#changed);
    row.addEventListener("input", this.#changed);
    row.addEventListener("change", this.#changed);
    row.querySelector("[data-toggle]")?.addEventListener("click", () => this.#toggle(context.words));
    for (const area of row.querySelectorAll("textarea")) grow(area);
    row.addEventListener("input", ({ target }) => target.tagName === "TEXTAREA" && grow(target));
  }

  get row() {
    return this.#row;
  }

  get #control() {
    return this.#row.querySelector(`#f-${CSS.escape(this.name)}`);
  }

  get #raw() {
    return this.#row.querySelector("[data-raw]");
  }

  get isRaw() {
    return this.#row.querySelector("[data-toggle]")?.getAttribute("aria-pressed") === "true";
  }

  // A text, or a list of texts where there may be several.
  get value() {
    if (this.isRaw) return this.#rawValue(this.#raw.value.trim());
    if (this.#people) return this.isMultiple ? this.#people.values : this.#people.values[0] ?? "";
    if (this.kind === "bool") return this.#control.checked ? "Y" : "N";
    const { value } = this.#control;
    return this.isMultiple ? split(value) : value;
  }

  get isFilled() {
    return this.value.length > 0;
  }

  get isChanged() {
    return String(this.value) !== this.#row.dataset.default;
  }

  // What the portal is told: an empty list would leave there what was there before.
  get told() {
    const { value } = this;
    return Array.isArray(value) && value.length === 0 ? [""] : value;
  }

  // Say what is wrong with the field, or that nothing is; one that nobody has touched is only not filled in yet.
  complain(wrong) {
    const text = this.isFilled || this.#isTouched ? wrong : "";
    const place = this.#row.querySelector(".error");
    place.textContent = text;
    place.hidden = !text;
    this.#row.classList.toggle("wrong", Boolean(text));
    for (const control of this.#row.querySelectorAll("input, select, textarea")) {
      control.setAttribute("aria-invalid", String(Boolean(text)));
    }
  }

  // Another field makes this one useless: it is out of sight, unless something is wrong with it.
  overrule(isOverruled) {
    this.#row.classList.toggle("overruled", isOverruled);
  }

  #rawValue(text) {
    if (!this.isMultiple) return text;
    return EXPRESSION.test(text) ? [text] : split(text);
  }

  // Between the field's own control and a text for an expression.
  #toggle(words) {
    const isRaw = !this.isRaw;
    const button = this.#row.querySelector("[data-toggle]");
    button.setAttribute("aria-pressed", String(isRaw));
    button.title = isRaw ? words.plain : words.expression;
    button.setAttribute("aria-label", button.title);
    this.#row.querySelector(".plain").hidden = isRaw;
    this.#row.querySelector(".raw").hidden = !isRaw;
    if (isRaw) this.#raw.focus();
    this.#changed();
  }
}

// The employees of one field.
class People {
  #element;
  #isMultiple;
  #context;
  #changed;

  constructor(element, isMultiple, context, changed) {
    this.#element = element;
    this.#isMultiple = isMultiple;
    this.#context = context;
    this.#changed = changed;
    element.querySelector("[data-choose]").addEventListener("click", () => this.#choose());
    this.#draw();
  }

  get values() {
    return split(this.#element.dataset.values);
  }

  #set(values) {
    this.#element.dataset.values = [...new Set(values)].join(",");
    this.#draw();
    this.#changed();
  }

  async #choose() {
    const { portal, names } = this.#context;
    const chosen = (await chooseUsers(portal, names, this.#isMultiple)).map((id) => `user_${id}`);
    if (chosen.length) this.#set(this.#isMultiple ? [...this.values, ...chosen] : chosen);
  }

  #draw() {
    const { names, words } = this.#context;
    const chips = this.values.map((ref) => chip(names.of(ref), words.remove, () => this.#set(this.values.filter((one) => one !== ref))));
    this.#element.querySelector(".chips").replaceChildren(...chips);
  }
}

// A name with a button that takes it away.
export function chip(text, removeWord, remove, tag = "li") {
  const element = document.createElement(tag);
  element.className = "chip";
  const name = document.createElement("span");
  name.textContent = text;
  const button = document.createElement("button");
  button.type = "button";
  button.title = removeWord;
  button.setAttribute("aria-label", `${removeWord}: ${text}`);
  button.textContent = "×";
  button.addEventListener("click", remove);
  element.append(name, button);
  return element;
}

function split(text) {
  return text.split(",").map((part) => part.trim()).filter(Boolean);
}

// A text area is as high as its text.
export function grow(area) {
  area.style.setProperty("height", "auto");
  if (area.scrollHeight) area.style.setProperty("height", `${area.scrollHeight + 2}px`);
}
