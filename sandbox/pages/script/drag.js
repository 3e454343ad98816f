/** Dragging a card from stage to stage with a mouse, a pen or a finger. */

import { chosen } from "./state.js";

/** How far the pointer must go before a press becomes a drag, in pixels. */
const THRESHOLD = 5;
/** Near the edge of the columns they scroll by themselves. */
const EDGE = 36;
const SCROLL_STEP = 14;

export function startDrag(event, onDrop) {
  if (event.button !== 0 || chosen.menu || event.target.closest(".menu-host")) return;
  const card = event.currentTarget;
  const from = { x: event.clientX, y: event.clientY, box: card.getBoundingClientRect() };
  let ghost = null;
  let over = null;

  function move(moved) {
    if (!ghost && Math.hypot(moved.clientX - from.x, moved.clientY - from.y) < THRESHOLD) return;
    if (!ghost) {
      // The card itself may be drawn away meanwhile, and over the frame of the application the page hears nothing.
      document.body.setPointerCapture(event.pointerId);
      ghost = lift(card, from.box);
    }
    ghost.style.setProperty("translate", `${moved.clientX - from.x}px ${moved.clientY - from.y}px`);
    scrollNearEdge(moved.clientX);
    const column = document.elementFromPoint(moved.clientX, moved.clientY)?.closest(".column") ?? null;
    if (column !== over) {
      over?.removeAttribute("data-live-over");
      column?.setAttribute("data-live-over", "");
      over = column;
    }
  }

  function end(ended) {
    for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener);
    document.removeEventListener("keydown", cancel, true);
    over?.removeAttribute("data-live-over");
    card.removeAttribute("data-live-lifted");
    if (!ghost) return;
    ghost.remove();
    // The press has become a drag: the click that follows it must not open anything.
    document.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => document.removeEventListener("click", swallow, { capture: true }));
    if (ended.type === "pointerup" && over) onDrop(over.dataset.stage);
  }

  function cancel(pressed) {
    if (pressed.key !== "Escape") return;
    pressed.stopPropagation();
    end({ type: "cancel" });
  }

  const listeners = { pointermove: move, pointerup: end, pointercancel: end };
  for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);
  document.addEventListener("keydown", cancel, true);
}

function lift(card, box) {
  const ghost = card.cloneNode(true);
  for (const one of [ghost, ...ghost.querySelectorAll("[id]")]) one.removeAttribute("id");
  ghost.classList.add("ghost");
  ghost.setAttribute("aria-hidden", "true");
  for (const side of ["left", "top", "width", "height"]) ghost.style.setProperty(side, `${box[side]}px`);
  document.body.append(ghost);
  card.setAttribute("data-live-lifted", "");
  return ghost;
}

function scrollNearEdge(x) {
  const columns = document.getElementById("kanban-columns");
  const box = columns.getBoundingClientRect();
  if (x > box.right - EDGE) columns.scrollLeft += SCROLL_STEP;
  else if (x < box.left + EDGE) columns.scrollLeft -= SCROLL_STEP;
}

function swallow(event) {
  event.stopPropagation();
  event.preventDefault();
}
