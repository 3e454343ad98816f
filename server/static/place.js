// Where to put what lies above the page. The portal makes our frame as high as its content, so "the middle of the
// window" may be far from what is being looked at: near the last click is where the eyes are.

const HIGH = 900;
const MARGIN = 16;

let lastY = null;

export function watchPointer() {
  document.addEventListener("pointerdown", (event) => { lastY = event.clientY; }, true);
  document.addEventListener("focusin", (event) => {
    const box = event.target.getBoundingClientRect?.();
    if (box?.height) lastY = box.top;
  });
}

export function bringNear(element) {
  if (lastY === null || window.innerHeight < HIGH) {
    element.style.removeProperty("margin-top");
    return;
  }
  const height = element.getBoundingClientRect().height;
  const top = Math.max(MARGIN, Math.min(lastY - height / 2, window.innerHeight - height - MARGIN));
  element.style.marginTop = `${top}px`;
}

// Like `bringNear`, for what is fixed to the lower edge.
export function liftNear(element) {
  if (lastY === null || window.innerHeight < HIGH) element.style.removeProperty("bottom");
  else element.style.bottom = `${Math.max(MARGIN, window.innerHeight - lastY - 220)}px`;
}
