// The table of planned shifts: who works when each week, days that are different, and who can do what.

import { busy, send } from "../actions.js";
import { around } from "../around.js";
import { toast, word } from "../toast.js";
import { chooseUsers } from "../robot/people.js";
import { hoursOf } from "./clock.js";
import { icon } from "./people.js";

class ShiftTable extends HTMLElement {
  #people = [];
  #days = [];
  #words = null;

  connectedCallback() {
    if (this.#words) return;
    this.#words = JSON.parse(this.dataset.words);
    this.#people = JSON.parse(this.dataset.people);
    this.#days = JSON.parse(this.dataset.days);
    this.addEventListener("click", (event) => this.#clicked(event.target));
    this.addEventListener("input", (event) => this.#typed(event.target));
    this.addEventListener("focusout", (event) => event.target.dataset.hours !== undefined && this.#tidy(event.target));
    this.querySelector("form").addEventListener("submit", (event) => this.#submit(event));
    this.#draw();
  }

  get #locked() {
    return this.hasAttribute("data-locked");
  }

  async #clicked(target) {
    if (this.#locked) return;
    if (target.closest("[data-add-people]")) await this.#choose();
    else if (target.closest("[data-add-day]")) this.#addDay();
    const gone = target.closest("[data-gone]");
    if (!gone) return;
    const [list, at] = gone.dataset.gone.split(":");
    if (list === "day") this.#days.splice(Number(at), 1);
    else {
      const [person] = this.#people.splice(Number(at), 1);
      this.#days = this.#days.filter((day) => day.user !== person.user);
    }
    this.#changed();
  }

  async #choose() {
    const names = new Map();
    const chosen = await chooseUsers(around.portal, { learn: (id, name) => names.set(id, name ?? "") }, true);
    for (const user of chosen.filter((one) => !this.#people.some((person) => person.user === one))) {
      const week = Object.fromEntries(this.#words.days.slice(0, 5).map(([code]) => [code, "09:00-18:00"]));
      this.#people.push({ user, name: names.get(user) || `#${user}`, zone: this.dataset.zone, week, skills: "" });
    }
    if (chosen.length) this.#changed();
  }

  #addDay() {
    const people = this.querySelector("[data-day-person]");
    const date = this.querySelector("[data-day-date]");
    const hours = this.querySelector("[data-day-hours]");
    if (!date.value || !this.#tidy(hours)) return (date.value ? hours : date).focus();
    const user = Number(people.value);
    this.#days = this.#days.filter((day) => day.user !== user || day.date !== date.value);
    this.#days.push({ user, date: date.value, hours: hours.value });
    this.#days.sort((one, other) => one.date.localeCompare(other.date) || one.user - other.user);
    hours.value = "";
    this.#changed();
  }

  #typed(control) {
    const { person, part, hours } = control.dataset;
    if (person === undefined) return;
    if (hours !== undefined) this.#people[person].week[hours] = control.value;
    else this.#people[person][part] = control.value;
  }

  // Whether the hours in a field can be understood; then they are written as everybody writes them.
  #tidy(control) {
    const hours = hoursOf(control.value);
    control.setAttribute("aria-invalid", String(!hours));
    if (!hours) return false;
    control.value = hours.map((pair) => pair.join("-")).join(", ");
    this.#typed(control);
    return true;
  }

  #changed() {
    this.#draw();
    this.querySelector("form").dispatchEvent(new Event("change", { bubbles: true }));
  }

  // Drawing ------------------------------------------------------------------------------------------------------

  #draw() {
    this.toggleAttribute("data-empty", !this.#people.length);
    this.querySelector("[data-rows]").replaceChildren(...this.#people.map((person, at) => this.#row(person, at)));
    this.querySelector("[data-day-list]").replaceChildren(...this.#days.map((day, at) => this.#day(day, at)));
    const people = this.querySelector("[data-day-person]");
    if (people) people.replaceChildren(...this.#people.map((person) => new Option(person.name, person.user)));
    if (this.#locked) for (const control of this.querySelectorAll("input, select")) control.disabled = true;
  }

  #row(person, at) {
    const row = make("tr");
    const name = make("th", { scope: "row" });
    name.append(make("bdi", { textContent: person.name }));
    if (person.now) name.append(make("span", { className: "on-shift", textContent: person.now }));
    row.append(name);
    for (const [code, said] of this.#words.days) {
      const field = make("input", { type: "text", value: person.week[code] ?? "", placeholder: this.#words.off, autocomplete: "off" });
      Object.assign(field.dataset, { person: at, hours: code });
      row.append(this.#cell(field, said, person, code === this.dataset.today ? "today" : ""));
    }
    const zone = make("input", { type: "text", value: person.zone, maxLength: 64, autocomplete: "off", spellcheck: false });
    zone.setAttribute("list", "shift-zones");
    Object.assign(zone.dataset, { person: at, part: "zone" });
    const skills = make("input", { type: "text", value: person.skills, autocomplete: "off", placeholder: this.#words.skillsHint });
    Object.assign(skills.dataset, { person: at, part: "skills" });
    row.append(this.#cell(zone, this.#words.zone, person, "wide"), this.#cell(skills, this.#words.skills, person, "wide"));
    const last = make("td", { className: "row-gone" });
    if (!this.#locked) last.append(this.#gone(`person:${at}`, person.name));
    row.append(last);
    return row;
  }

  #cell(field, said, person, kind) {
    const cell = make("td", { className: kind });
    cell.dataset.label = said;
    field.className = "small";
    field.setAttribute("aria-label", `${person.name}: ${said}`);
    cell.append(field);
    return cell;
  }

  #day(day, at) {
    const line = make("li");
    const person = this.#people.find((one) => one.user === day.user);
    const date = new Date(`${day.date}T12:00:00`).toLocaleDateString(document.documentElement.lang, {
      day: "numeric", month: "short", year: "numeric", weekday: "short",
    });
    line.append(make("b", { textContent: date }), make("bdi", { textContent: person?.name ?? `#${day.user}` }));
    line.append(make("span", { className: day.hours ? "" : "muted", textContent: day.hours || this.#words.off }));
    if (!this.#locked) line.append(this.#gone(`day:${at}`, date));
    return line;
  }

  #gone(what, said) {
    const gone = make("button", { type: "button", className: "take-away", title: this.#words.remove });
    gone.setAttribute("aria-label", `${this.#words.remove}: ${said}`);
    gone.dataset.gone = what;
    gone.append(icon("cross"));
    return gone;
  }

  // Saving -------------------------------------------------------------------------------------------------------

  async #submit(event) {
    event.preventDefault();
    if (this.#locked) return;
    const wrong = [...this.querySelectorAll("input[data-hours]")].filter((field) => !this.#tidy(field));
    if (wrong.length) {
      toast(this.#words.wrong, true);
      wrong[0].focus();
      return;
    }
    await busy(this.querySelector("button[type=submit]"), () => this.#save());
  }

  async #save() {
    if (!(await send("/api/shifts", { items: this.#lines() }, "PUT"))) return;
    const skills = {};
    for (const person of this.#people) skills[person.user] = person.skills.split(/[,;]/).map((one) => one.trim()).filter(Boolean);
    if (!(await send("/api/skills", { skills }, "PUT"))) return;
    toast(word("saved"));
    around.go("/ui/shifts");
  }

  #lines() {
    const lines = [];
    const zones = new Map(this.#people.map((person) => [person.user, person.zone.trim()]));
    for (const { user, week } of this.#people) {
      for (const [weekday, text] of Object.entries(week)) {
        for (const [from, to] of hoursOf(text)) lines.push({ user, weekday, from, to, zone: zones.get(user) });
      }
    }
    for (const { user, date, hours } of this.#days) {
      const worked = hoursOf(hours);
      if (!worked.length) lines.push({ user, date, zone: zones.get(user) });
      for (const [from, to] of worked) lines.push({ user, date, from, to, zone: zones.get(user) });
    }
    return lines;
  }
}

function make(tag, properties = {}) {
  return Object.assign(document.createElement(tag), properties);
}

customElements.define("shift-table", ShiftTable);
