/** Borders between panes: dragged with a mouse, moved with the arrows, remembered while the page is open. */

import { say } from "./words.js";

const STEP = 2;

/** Borders of the page: which variable they set, along which axis, in which limits (percent). */
const BORDERS = {
  "border-app": { variable: "--left", axis: "x", least: 34, most: 76, standard: 55 },
  "border-chat": { variable: "--top", axis: "y", least: 22, most: 78, standard: 49 },
  "border-side": { variable: "--talk", axis: "x", least: 40, most: 82, standard: 63 },
};

export function watchBorders() {
  for (const [id, border] of Object.entries(BORDERS)) {
    const element = document.getElementById(id);
    element.addEventListener("pointerdown", (event) => drag(event, element, border));
    element.addEventListener("dblclick", () => set(element, border, border.standard));
    element.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -STEP, ArrowUp: -STEP, ArrowRight: STEP, ArrowDown: STEP }[event.key];
      if (!step) return;
      event.preventDefault();
      set(element, border, Number(element.getAttribute("aria-valuenow")) + step);
    });
    set(element, border, border.standard);
  }
}

/** Name the borders in the language of the page. */
export function nameBorders() {
  for (const id of Object.keys(BORDERS)) document.getElementById(id).setAttribute("aria-label", say("border"));
}

function set(element, border, percent) {
  const value = Math.min(border.most, Math.max(border.least, percent));
  element.parentElement.style.setProperty(border.variable, `${value}%`);
  element.setAttribute("aria-valuenow", String(Math.round(value)));
}

function drag(event, element, border) {
  event.preventDefault();
  element.focus();
  element.setPointerCapture(event.pointerId);
  const box = element.parentElement.getBoundingClientRect();
  const move = (moved) => {
    const along = { x: (moved.clientX - box.left) / box.width, y: (moved.clientY - box.top) / box.height };
    set(element, border, along[border.axis] * 100);
  };
  element.addEventListener("pointermove", move);
  const end = () => element.removeEventListener("pointermove", move);
  element.addEventListener("lostpointercapture", end, { once: true });
}
