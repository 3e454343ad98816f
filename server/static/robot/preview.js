// What the robot would do with an example, asked anew after each change; the same answer says what is wrong.

import { chooseItem } from "./people.js";
import { errorWord } from "../toast.js";

const PAUSE_MS = 500;
const AGAIN_MS = 4000;

export class Preview {
  #session;
  #context;
  #values;
  #told;
  #item;
  #timer = null;
  #asked = 0;

  // `values()` gives what stands in the form; `told(answer)` is called with each answer.
  constructor(session, context, item, values, told) {
    this.#session = session;
    this.#context = context;
    this.#item = item;
    this.#values = values;
    this.#told = told;
    document.getElementById("choose-item").addEventListener("click", () => this.#choose());
    document.getElementById("what-if-head").addEventListener("click", () => this.#fold());
  }

  // Ask soon; whoever types on is waited for.
  soon(pause = PAUSE_MS) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), pause);
  }

  async #choose() {
    const item = await chooseItem(this.#context.portal, this.#context.kind);
    if (!item) return;
    this.#item = item;
    this.#state("busy");
    this.#ask();
  }

  #fold() {
    if (!document.getElementById("what-if-body").hasChildNodes()) return;
    const head = document.getElementById("what-if-head");
    const isOpen = head.getAttribute("aria-expanded") !== "true";
    head.setAttribute("aria-expanded", String(isOpen));
    document.getElementById("what-if-body").hidden = !isOpen;
  }

  async #ask() {
    this.#asked += 1;
    const number = this.#asked;
    if (this.#item) {
      if (document.getElementById("what-if").dataset.state === "empty") this.#say(this.#context.words.thinking);
      this.#state("busy");
    }
    const answer = await this.#answer();
    if (number !== this.#asked) return;
    if (answer) this.#show(answer);
    else this.#state("trouble");
  }

  async #answer() {
    try {
      const answer = await this.#session.fetch(`/ui/settings/${encodeURIComponent(this.#context.code)}/preview`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ values: this.#values(), item: this.#item }),
      });
      if (answer.ok) return await answer.json();
      this.#say(errorWord((await answer.json()).error));
    } catch {
      this.#say(errorWord("offline"));
    }
    return null;
  }

  #show(answer) {
    const { words } = this.#context;
    this.#told(answer);
    this.#say(answer.headline);
    this.#state(answer.state);
    if (answer.item) {
      document.getElementById("what-if-item").textContent = words.itemIs.replace("{item}", answer.item.title);
      document.getElementById("choose-item").textContent = words.other;
    }
    const page = new DOMParser().parseFromString(answer.html, "text/html");
    document.getElementById("what-if-body").replaceChildren(...page.body.childNodes);
    if (answer.again) this.soon(AGAIN_MS);
  }

  #say(text) {
    document.getElementById("headline").textContent = text;
  }

  #state(name) {
    document.getElementById("what-if").dataset.state = name;
  }
}
