// The editor of a schedule: hours of the week, days that are special, the year that comes of it, and a calculator.
//
// What is edited is one object, the same that is kept; the server draws the year and counts.

import { busy, send } from "../actions.js";
import { around } from "../around.js";
import { toast, word } from "../toast.js";
import { tidy } from "./clock.js";
import { icon } from "./people.js";

const PAUSE_MS = 350;
const SHOWN_TIMERS = 10;
const CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]|24:00";
const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR"];

class ScheduleEditor extends HTMLElement {
  #body = null;
  #words = null;
  #year = 0;
  #timer = null;
  #asked = 0;

  connectedCallback() {
    if (this.#body) return;
    this.#body = JSON.parse(this.dataset.body);
    this.#words = JSON.parse(this.dataset.words);
    this.#year = Number(this.dataset.year);
    this.addEventListener("input", (event) => this.#typed(event.target));
    this.addEventListener("click", (event) => this.#clicked(event.target));
    this.addEventListener("keydown", (event) => this.#moved(event));
    this.querySelector("form").addEventListener("submit", (event) => this.#submit(event));
    this.#drawWeek();
    this.#drawExceptions();
    this.#settleFocus();
    this.#soon();
    if (this.hasAttribute("data-locked")) for (const control of this.querySelectorAll("[data-part]")) control.disabled = true;
  }

  get #code() {
    return this.querySelector('[data-part="code"]')?.value.trim() || this.dataset.code;
  }

  get #locked() {
    return this.hasAttribute("data-locked");
  }

  #typed(control) {
    const part = control.dataset.part;
    if (part === "code") return;
    if (part) {
      const [name, language] = part.split(".");
      if (language) this.#body[name][language] = control.value;
      else this.#body[name] = control.value.trim();
    } else if (control.dataset.clock) {
      this.#readWeek();
    } else if (!control.dataset.try) return;
    this.#soon();
  }

  #clicked(target) {
    const step = target.closest("[data-year-step]");
    if (step) {
      this.#year += Number(step.dataset.yearStep);
      this.#soon(0);
    }
    if (this.#locked) return;
    const add = target.closest("[data-add]");
    const remove = target.closest("[data-remove]");
    const day = target.closest("button[data-day]");
    if (add) this.#change(add.dataset.add, (hours) => [...hours, next(hours)]);
    if (remove) this.#change(remove.dataset.remove, (hours) => hours.filter((_, at) => at !== Number(remove.dataset.at)));
    if (target.closest("[data-copy-week]")) this.#copy();
    if (day) this.#editDay(day.dataset.day);
    const special = target.closest("button[data-special]");
    if (special) this.#setDay(special.dataset.special, null);
  }

  // The week -----------------------------------------------------------------------------------------------------

  #drawWeek() {
    const place = this.querySelector("[data-week]");
    if (!place || !this.#body.week) return;
    place.replaceChildren(...this.#words.days.map(([code, name]) => this.#weekRow(code, name)));
  }

  #weekRow(code, name) {
    const row = make("div", { className: "week-row" });
    row.dataset.day = code;
    const hours = this.#body.week[code] ?? [];
    row.append(make("b", { textContent: name }));
    hours.forEach((interval, at) => row.append(this.#interval(code, name, interval, at)));
    if (!hours.length) row.append(make("span", { className: "muted", textContent: this.#words.off }));
    if (!this.#locked) row.append(button("plus", this.#words.add, { add: code }));
    return row;
  }

  #interval(code, name, interval, at) {
    const [opens, closes] = interval.split("-");
    const box = make("span", { className: "interval" });
    const clocks = [[opens, this.#words.opens], [closes, this.#words.closes]].map(([value, said]) => {
      const clock = make("input", { type: "text", inputMode: "numeric", pattern: CLOCK, maxLength: 5, value, required: true, disabled: this.#locked });
      clock.dataset.clock = code;
      clock.setAttribute("aria-label", `${name}, ${said}`);
      clock.addEventListener("change", () => {
        clock.value = tidy(clock.value);
        this.#typed(clock);
      });
      return clock;
    });
    box.append(clocks[0], "–", clocks[1]);
    if (!this.#locked) box.append(button("cross", `${this.#words.remove}: ${name} ${interval}`, { remove: code, at }));
    return box;
  }

  #readWeek() {
    for (const row of this.querySelectorAll(".week-row")) {
      this.#body.week[row.dataset.day] = [...row.querySelectorAll(".interval")]
        .map((box) => [...box.querySelectorAll("input")].map((clock) => clock.value))
        .map(([opens, closes]) => `${tidy(opens)}-${tidy(closes) === "00:00" ? "24:00" : tidy(closes)}`);
    }
  }

  #change(code, how) {
    this.#body.week[code] = how(this.#body.week[code] ?? []);
    this.#drawWeek();
    this.querySelector(`.week-row[data-day=${code}] button[data-add]`)?.focus();
    this.#soon(0);
  }

  #copy() {
    for (const code of WEEKDAYS) this.#body.week[code] = [...(this.#body.week.MO ?? [])];
    this.#drawWeek();
    this.#soon(0);
  }

  // Special days -------------------------------------------------------------------------------------------------

  #drawExceptions() {
    const list = this.querySelector("[data-exceptions]");
    const days = [...(this.#body.exceptions ?? [])].sort((one, other) => one.date.slice(-5).localeCompare(other.date.slice(-5)));
    list.replaceChildren(...days.map((day) => this.#exception(day)));
    if (!days.length) list.append(make("li", { className: "muted", textContent: this.#words.none }));
  }

  #exception(day) {
    const line = make("li");
    const note = day.note?.[document.documentElement.lang] ?? "";
    const said = [this.#words.kinds[day.kind], ...(day.hours ?? []), note].filter(Boolean).join(", ");
    line.append(make("b", { textContent: dated(day.date) }), make("span", { textContent: said }));
    if (day.date.length === 5) line.append(make("span", { className: "tag grey", textContent: this.#words.eachYear }));
    if (!this.#locked) line.append(button("cross", `${this.#words.remove}: ${day.date}`, { special: day.date }));
    return line;
  }

  #editDay(iso) {
    const dialog = document.getElementById("day-dialog");
    const form = dialog.querySelector("form");
    const known = this.#body.exceptions?.find((day) => day.date === iso || day.date === iso.slice(5));
    const hours = dialog.querySelector("[data-day-hours]");
    const show = () => {
      const kind = form.elements.kind.value;
      hours.hidden = kind !== "short" && kind !== "working";
      form.elements.hours.required = kind === "short";
      form.elements.hours.disabled = hours.hidden;
    };
    dialog.querySelector("[data-day-name]").textContent = this.querySelector(`[data-day="${iso}"]`).title;
    form.elements.kind.value = known?.kind ?? "";
    form.elements.hours.value = (known?.hours ?? []).join(", ");
    form.elements.note.value = known?.note?.[document.documentElement.lang] ?? "";
    form.elements.yearly.checked = known?.date.length === 5;
    form.onchange = show;
    show();
    dialog.onclose = () => {
      if (dialog.returnValue !== "yes") return;
      if (known) this.#body.exceptions = this.#body.exceptions.filter((day) => day !== known);
      const date = form.elements.yearly.checked ? iso.slice(5) : iso;
      const kind = form.elements.kind.value;
      const times = hours.hidden ? [] : form.elements.hours.value.split(",").map((part) => part.trim()).filter(Boolean);
      this.#setDay(date, kind && { date, kind, hours: times, note: both(form.elements.note.value.trim()) });
      this.querySelector(`[data-day="${iso}"]`)?.focus();
    };
    dialog.returnValue = "no";
    dialog.showModal();
  }

  #setDay(date, special) {
    this.#body.exceptions = (this.#body.exceptions ?? []).filter((day) => day.date !== date);
    if (special) this.#body.exceptions.push(special);
    this.#drawExceptions();
    this.#soon(0);
  }

  // The year and the calculator ----------------------------------------------------------------------------------

  #soon(pause = PAUSE_MS) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), pause);
  }

  async #ask() {
    this.#asked += 1;
    const number = this.#asked;
    const address = `/ui/schedules/${this.dataset.code}`;
    const tried = (name) => this.querySelector(`[data-try=${name}]`).value;
    const [drawn, counted] = await Promise.all([
      quietly(`${address}/year`, { schedule: this.#body, year: this.#year }),
      quietly(`${address}/try`, { schedule: this.#body, start: tried("start"), amount: Number(tried("amount")), unit: tried("unit") }),
    ]);
    if (number !== this.#asked) return;
    const answer = this.querySelector("[data-answer]");
    if (drawn.html) {
      const held = document.activeElement?.dataset.day;
      this.querySelector("[data-year-number]").textContent = this.#year;
      put(this.querySelector("[data-year-grid]"), drawn.html);
      this.#settleFocus();
      if (held) this.querySelector(`button[data-day="${held}"]`)?.focus({ preventScroll: true });
    }
    if (counted.html) put(answer, counted.html);
    else answer.textContent = drawn.reason ?? counted.reason ?? "";
  }

  // One day of the year at a time is reached with Tab, the others with arrows.
  #settleFocus() {
    const days = [...this.querySelectorAll("button[data-day]")];
    const today = new Date().toISOString().slice(0, 10);
    const first = days.find((day) => day.dataset.day >= today) ?? days[0];
    if (first) first.tabIndex = 0;
  }

  #moved(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    const day = event.target.closest("button[data-day]");
    if (!step || !day) return;
    event.preventDefault();
    const days = [...this.querySelectorAll("button[data-day]")];
    const other = days[days.indexOf(day) + step];
    if (!other) return;
    day.tabIndex = -1;
    other.tabIndex = 0;
    other.focus();
  }

  // Saving -------------------------------------------------------------------------------------------------------

  async #submit(event) {
    event.preventDefault();
    if (this.#locked) return;
    await busy(document.querySelector("[data-save]"), () => this.#save());
  }

  async #save() {
    const { code, ...body } = this.#body;
    const address = `/api/schedules/${encodeURIComponent(this.#code)}`;
    const preview = await send(`${address}/preview`, body);
    if (!preview) return;
    const choice = preview.timers.length ? await this.#affected(preview.timers) : "leave";
    if (choice === "no") return;
    const answer = await send(address, choice === "recount" ? { ...body, recount: true } : body, "PUT");
    if (!answer) return;
    toast(answer.text || word("saved"));
    around.go(`/ui/schedules/${this.#code}`);
  }

  #affected(timers) {
    const dialog = document.getElementById("affected");
    const said = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
    const lines = timers.slice(0, SHOWN_TIMERS).map((timer) => make("li", {
      textContent: `${timer.title || timer.robot}: ${said.format(new Date(timer.was))} → ${said.format(new Date(timer.will))}`,
    }));
    if (timers.length > SHOWN_TIMERS) lines.push(make("li", { textContent: `+ ${timers.length - SHOWN_TIMERS}` }));
    dialog.querySelector("[data-affected-text]").textContent = this.#words.affectedText.replace("{count}", timers.length);
    dialog.querySelector("[data-affected-list]").replaceChildren(...lines);
    return new Promise((resolve) => {
      dialog.onclose = () => resolve(dialog.returnValue || "no");
      dialog.returnValue = "no";
      dialog.showModal();
    });
  }
}

// What is typed may be impossible for a while: then the answer says why and nobody is disturbed.
async function quietly(address, body) {
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  try {
    return await (await around.session.fetch(address, options)).json();
  } catch {
    return {};
  }
}

function put(place, html) {
  place.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
}

function make(tag, properties = {}) {
  return Object.assign(document.createElement(tag), properties);
}

function button(picture, said, data) {
  const made = make("button", { type: "button", className: "take-away", title: said });
  Object.assign(made.dataset, data);
  made.setAttribute("aria-label", said);
  made.append(icon(picture));
  return made;
}

// The interval that comes after the last one: after an hour's rest, four hours long.
function next(hours) {
  const last = hours.length ? Number(hours[hours.length - 1].split("-")[1].split(":")[0]) : 8;
  const opens = Math.min(last + 1, 22);
  return `${clock(opens)}-${clock(Math.min(opens + (hours.length ? 4 : 9), 24))}`;
}

function clock(hour) {
  return `${String(hour).padStart(2, "0")}:00`;
}

function dated(date) {
  const at = new Date(`${date.length === 5 ? `2024-${date}` : date}T12:00:00`);
  const year = date.length === 5 ? {} : { year: "numeric" };
  return at.toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "short", ...year });
}

function both(text) {
  return { ru: text, en: text };
}

customElements.define("schedule-editor", ScheduleEditor);
