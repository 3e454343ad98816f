// What happens while we look: rows that change, rows that come, a run that goes on.
//
// New rows never push away what is being read: they come in by themselves only while the head of the list is in view
// and nobody points at it; else they wait behind a button that counts them. An empty list has nothing to push away.

import { showPicks } from "./bulk.js";
import { redraw } from "./redraw.js";
import { setClock, tick } from "./time.js";

const GATHER_MS = 60;
// While much happens the list is asked twice a second and not more.
const APART_MS = 500;
const MOST_ASKED = 200;
const BUFFERED_MS = 20000;
const POLL_MS = 10000;
const MOST_ROWS = 500;
// The picture is drawn anew not more often than this.
const PLOT_MS = 10000;

export class Live {
  #session;
  #changed = new Set();
  #gathering = null;
  #asked = 0;
  #drawn = Date.now();
  #waiting = new Map();
  #head = null;
  #headInView = true;
  #observer = null;
  #connection = null;
  #heard = null;
  #poll = null;

  constructor(session) {
    this.#session = session;
    document.addEventListener("runs", (event) => this.#hear(JSON.parse(event.detail.data)));
    document.addEventListener("lost", () => this.#reload());
    document.addEventListener("hello", (event) => this.#greet(event.detail.data));
    document.addEventListener("clock", (event) => this.#clock(event.detail.data));
    document.addEventListener("htmx:sse:after:connection", () => this.#expect());
    document.addEventListener("htmx:sse:error", () => this.#show("lost"));
    document.addEventListener("htmx:sse:close", () => clearTimeout(this.#heard));
    document.addEventListener("htmx:sse:after:connection", (event) => { this.#connection = event.detail.connection; });
    window.addEventListener("pagehide", () => this.#hangUp());
    document.addEventListener("click", (event) => {
      if (event.target.closest("#pill")) this.#letIn();
    });
  }

  // A page, a new list in it or another of its parts is on the screen; rows wait on while their list stays.
  arrive() {
    const head = document.querySelector("#results .list-head");
    if (head === this.#head) {
      for (const id of this.#waiting.keys()) if (document.getElementById(id)) this.#waiting.delete(id);
      return;
    }
    this.#head = head;
    this.#waiting.clear();
    this.#observer?.disconnect();
    this.#headInView = true;
    if (head) {
      this.#observer = new IntersectionObserver(([entry]) => {
        this.#headInView = entry.isIntersecting;
        if (this.#mayPush()) this.#letIn();
      });
      this.#observer.observe(head);
    }
  }

  // A frame that is closed ends its stream itself: one that broke under it would be reported as an error.
  #hangUp() {
    this.#connection?.abortController?.abort();
    this.#connection?.reader?.cancel().catch(() => null);
  }

  #hear(ids) {
    ids.forEach((id) => this.#changed.add(id));
    this.#gather();
  }

  #gather() {
    const wait = Math.max(GATHER_MS, this.#asked + APART_MS - Date.now());
    this.#gathering ??= setTimeout(() => {
      this.#gathering = null;
      this.#asked = Date.now();
      const gathered = [...this.#changed].slice(0, MOST_ASKED);
      gathered.forEach((id) => this.#changed.delete(id));
      if (this.#changed.size) this.#gather();
      this.#show("live");
      if (document.getElementById("rows")) this.#refresh(gathered);
      else this.#reload();
    }, wait);
  }

  async #refresh(ids) {
    const asked = new URLSearchParams(document.getElementById("results").dataset.address.split("?")[1] ?? "");
    asked.set("ids", ids.join(","));
    if (document.getElementById("plot") && Date.now() - this.#drawn > PLOT_MS) {
      this.#drawn = Date.now();
      asked.set("plot", "1");
    }
    const answer = await this.#session.fetch(`/ui/runs/rows?${asked}`).catch(() => null);
    const html = answer?.ok ? await answer.text() : "";
    if (!html || !document.getElementById("rows")) return;
    const fresh = new DOMParser().parseFromString(html, "text/html");
    this.#put(document.getElementById("views"), fresh.getElementById("views"));
    this.#put(document.getElementById("plot"), fresh.getElementById("plot"));
    const rows = [...fresh.querySelectorAll("tr[id]")];
    rows.reverse().forEach((row) => this.#take(row));
    this.#count();
    if (this.#mayPush()) this.#letIn();
    showPicks();
    tick();
  }

  #take(row) {
    const shown = document.getElementById(row.id);
    if (shown) this.#put(shown, row);
    else if (row.dataset.belongs === "yes" && this.#isAbove(row)) this.#waiting.set(row.id, row);
    else this.#waiting.delete(row.id);
  }

  // Rows below the last one that is shown come with the next page.
  #isAbove(row) {
    const shown = document.querySelectorAll("#rows > tr[id]");
    const more = document.querySelector("#rows > tr.more");
    return !more || !shown.length || Number(row.dataset.key) >= Number(shown[shown.length - 1].dataset.key);
  }

  #put(old, fresh) {
    if (!old || !fresh) return;
    const held = old.contains(document.activeElement) ? document.activeElement.className : "";
    const adopted = document.adoptNode(fresh);
    old.replaceWith(adopted);
    htmx.process(adopted);
    if (held) adopted.getElementsByClassName(held)[0]?.focus({ preventScroll: true });
  }

  #mayPush() {
    const rows = document.getElementById("rows");
    if (document.getElementById("nothing")) return true;
    return this.#headInView && !rows?.matches(":hover") && !rows?.contains(document.activeElement);
  }

  #letIn() {
    const rows = document.getElementById("rows");
    if (!rows || !this.#waiting.size) return;
    document.getElementById("list").hidden = false;
    document.getElementById("nothing")?.remove();
    for (const row of this.#waiting.values()) {
      const adopted = document.adoptNode(row);
      adopted.classList.add("fresh");
      const next = [...rows.children].find((other) => !(Number(other.dataset.key) > Number(adopted.dataset.key)));
      rows.insertBefore(adopted, next ?? null);
      htmx.process(adopted);
    }
    this.#waiting.clear();
    this.#trim(rows);
    this.#count();
  }

  #trim(rows) {
    const shown = rows.querySelectorAll("tr[id]");
    for (const row of [...shown].slice(MOST_ROWS)) row.remove();
  }

  #count() {
    const pill = document.getElementById("pill");
    const number = this.#waiting.size;
    pill.hidden = !number;
    const form = new Intl.PluralRules(document.documentElement.lang).select(number);
    pill.querySelector("span").textContent = `${number} ${pill.dataset[form] ?? pill.dataset.many}`;
  }

  #reload() {
    redraw({ gently: true });
  }

  #greet(now) {
    clearTimeout(this.#heard);
    clearInterval(this.#poll);
    this.#poll = null;
    this.#clock(now);
    this.#show("live");
  }

  #clock(now) {
    setClock(now);
    tick();
  }

  // A proxy that holds the stream back would leave the page silent: then it is asked for every ten seconds.
  #expect() {
    clearTimeout(this.#heard);
    this.#heard = setTimeout(() => {
      this.#show("polling");
      this.#poll ??= setInterval(() => this.#mayPush() && this.#reload(), POLL_MS);
    }, BUFFERED_MS);
  }

  #show(state) {
    const live = document.getElementById("live");
    document.getElementById("stream-check")?.setAttribute("data-state", state);
    if (!live || live.dataset.state === state) return;
    live.dataset.state = state;
    live.querySelector("span").textContent = live.dataset[state] ?? "";
  }
}
