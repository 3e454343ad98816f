// The editor of a ready text: its versions, places to fill in, and what a client would see of the one looked at.

import { busy, send } from "../actions.js";
import { around } from "../around.js";
import { toast, word } from "../toast.js";
import { chooseItem } from "../robot/people.js";

const PAUSE_MS = 350;

class TemplateEditor extends HTMLElement {
  #ready = false;
  #item = "";
  #shown = null;
  #area = null;
  #timer = null;
  #asked = 0;

  connectedCallback() {
    if (this.#ready) return;
    this.#ready = true;
    this.#area = this.querySelector('[data-text="main"]');
    for (const variant of JSON.parse(this.dataset.variants)) this.#add(variant);
    this.addEventListener("input", () => this.#soon());
    this.addEventListener("focusin", (event) => this.#look(event.target));
    this.addEventListener("click", (event) => this.#clicked(event.target));
    this.querySelector("form").addEventListener("submit", (event) => this.#submit(event));
    if (this.#locked) for (const field of this.querySelectorAll("input, textarea, [data-gone]")) field.disabled = true;
    this.#soon(0);
  }

  get #locked() {
    return this.hasAttribute("data-locked");
  }

  get #versions() {
    return [...this.querySelectorAll(".version")];
  }

  get #template() {
    const variants = this.#versions.map((version) => Object.fromEntries(
      ["channel", "language", "text"].map((name) => [name, version.querySelector(`[data-field="${name}"]`).value]),
    ));
    return { name: this.querySelector('[data-part="name"]').value, text: this.querySelector('[data-text="main"]').value, variants };
  }

  #add(variant) {
    const made = this.querySelector("template[data-version]").content.cloneNode(true);
    for (const field of made.querySelectorAll("[data-field]")) field.value = variant[field.dataset.field] ?? "";
    this.querySelector("[data-versions]").append(made);
  }

  // What has the focus is what is looked at.
  #look(target) {
    const version = target.closest(".version");
    if (target.matches("textarea")) this.#area = target;
    const shown = version ? this.#versions.indexOf(version) : target.matches('[data-text="main"]') ? null : this.#shown;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#soon(0);
  }

  async #clicked(target) {
    if (target.closest("[data-deal]")) {
      this.#item = (await chooseItem(around.portal, "deal")) || this.#item;
      return this.#soon(0);
    }
    if (target.closest("[data-no-deal]")) {
      this.#item = "";
      return this.#soon(0);
    }
    const insert = target.closest("[data-insert]");
    if (insert) this.#insert(insert.dataset.insert);
    if (target.closest("[data-add]")) {
      this.#add({});
      this.#versions.at(-1).querySelector("input").focus();
    }
    const gone = target.closest("[data-gone]");
    if (gone) {
      gone.closest(".version").remove();
      this.#area = this.querySelector('[data-text="main"]');
      this.#shown = null;
      this.#soon(0);
    }
  }

  #insert(place) {
    const area = this.#area.isConnected ? this.#area : this.querySelector('[data-text="main"]');
    area.focus();
    area.setRangeText(place, area.selectionStart, area.selectionEnd, "end");
    this.#soon();
  }

  // The preview ---------------------------------------------------------------------------------------------------

  #soon(pause = PAUSE_MS) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), pause);
  }

  async #ask() {
    const number = (this.#asked += 1);
    const template = this.#template;
    const answer = this.querySelector("[data-answer]");
    this.querySelector("[data-no-deal]").hidden = !this.#item;
    if (!template.text.trim() && !template.variants.length) {
      answer.replaceChildren();
      this.#complain({});
      return;
    }
    const told = await quietly(`/ui/templates/${this.dataset.code}/try`, { template, shown: this.#shown, item: this.#item });
    if (number !== this.#asked || !told) return;
    this.#complain(told.problems ?? {});
    if (told.html) answer.replaceChildren(...new DOMParser().parseFromString(told.html, "text/html").body.childNodes);
    else answer.replaceChildren();
  }

  #complain(problems) {
    const said = this.querySelector('[data-problem="text"]');
    mark(this.querySelector('[data-text="main"]'), said, problems.text);
    this.#versions.forEach((version, at) => {
      mark(version.querySelector("textarea"), version.querySelector(".problem"), problems[`variants.${at}`]);
    });
  }

  // Saving --------------------------------------------------------------------------------------------------------

  async #submit(event) {
    event.preventDefault();
    if (this.#locked) return;
    await busy(document.querySelector("[data-save]"), async () => {
      const code = this.querySelector('[data-part="code"]')?.value.trim() || this.dataset.code;
      const answer = await send(`/api/templates/${encodeURIComponent(code)}`, this.#template, "PUT");
      if (!answer) return;
      toast(word("saved"));
      around.go("/ui/templates");
    });
  }
}

function mark(area, place, problem) {
  place.textContent = problem ?? "";
  area.setAttribute("aria-invalid", String(Boolean(problem)));
}

// What is typed may be wrong for a while: then the place says so, and nobody is disturbed.
async function quietly(address, body) {
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  try {
    return await (await around.session.fetch(address, options)).json();
  } catch {
    return null;
  }
}

customElements.define("template-editor", TemplateEditor);
