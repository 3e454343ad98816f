// The page that is shown, drawn anew in its place.

// Whoever reads numbers, fills in a form or answers a question is not disturbed by what happens meanwhile.
const HELD = "dialog[open], [data-calm], form[data-changed]";

export function isHeld() {
  return document.querySelector(HELD) !== null;
}

// `gently` leaves a page alone that is held; a page that somebody left meanwhile is never drawn over the next one.
export function redraw({ gently = false } = {}) {
  const content = document.getElementById("content");
  if (!content || (gently && isHeld())) return;
  const where = { target: content, select: "#content", swap: "outerMorph", redraws: content, gently };
  htmx.ajax("GET", location.pathname + location.search, where);
}

document.addEventListener("htmx:before:swap", (event) => {
  const { redraws, gently } = event.detail.ctx;
  if (redraws && (!redraws.isConnected || (gently && isHeld()))) event.preventDefault();
});
