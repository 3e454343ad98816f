// How a message would be understood, by the lists as they stand on the page.

import { send } from "../actions.js";

const PAUSE_MS = 350;

class LexiconTry extends HTMLElement {
  #timer = null;
  #asked = 0;

  connectedCallback() {
    this.addEventListener("input", () => this.#soon());
    this.closest(".office").querySelector(".lists").addEventListener("input", () => this.#soon());
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
  }

  async #ask() {
    const words = JSON.parse(this.dataset.words);
    const text = this.querySelector("[data-text]").value.trim();
    const place = this.querySelector("[data-answer]");
    this.#asked += 1;
    const number = this.#asked;
    if (!text) {
      place.textContent = words.nothing;
      return;
    }
    const lists = {};
    for (const form of this.closest(".office").querySelectorAll("form[data-kind][data-changed]")) {
      lists[form.dataset.kind] = form.elements.words.value;
    }
    const answer = await send("/api/lexicons/try", { text, before: this.querySelector("[data-before]").value.trim(), ...lists });
    if (!answer || number !== this.#asked) return;
    const meaning = document.createElement("b");
    meaning.textContent = words.meanings[answer.meaning] ?? answer.meaning;
    const promise = answer.promise ? words.promise.replace("{words}", answer.promise) : words.noPromise;
    place.replaceChildren(words.client, meaning, ". ", `${promise}.`);
  }
}

customElements.define("lexicon-try", LexiconTry);
