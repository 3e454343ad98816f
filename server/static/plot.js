// The picture over the list: a dot leads to its runs, and a stretch that is dragged over becomes the filter.

const LEAST_PX = 8;

let from = null;

export function listenToPlot(go) {
  document.addEventListener("pointerdown", (event) => {
    const plot = event.target.closest("svg.plot");
    if (!plot || event.button !== 0) return;
    from = { plot, x: event.clientX };
  });
  document.addEventListener("pointermove", (event) => {
    if (from) draw(event.clientX);
  });
  document.addEventListener("pointerup", (event) => {
    if (!from) return;
    const { plot, x } = from;
    from = null;
    plot.querySelector(".plot-brush").setAttribute("hidden", "");
    if (Math.abs(event.clientX - x) >= LEAST_PX) go(stretch(plot, Math.min(x, event.clientX), Math.max(x, event.clientX)));
    else if (event.target.dataset?.go) go(event.target.dataset.go);
  });
}

function draw(to) {
  const box = from.plot.getBoundingClientRect();
  const brush = from.plot.querySelector(".plot-brush");
  const left = Math.max(0, Math.min(from.x, to) - box.left);
  const right = Math.min(box.width, Math.max(from.x, to) - box.left);
  brush.setAttribute("x", left);
  brush.setAttribute("width", Math.max(0, right - left));
  brush.toggleAttribute("hidden", right - left < LEAST_PX);
}

// The address of the list between two places of the picture, in the portal's own time.
function stretch(plot, left, right) {
  const { since, until, offset, address, q } = plot.dataset;
  const box = plot.getBoundingClientRect();
  const moment = (x) => {
    const share = Math.min(1, Math.max(0, (x - box.left) / box.width));
    const at = Number(since) + share * (Number(until) - Number(since));
    return new Date(at + Number(offset) * 60000).toISOString().slice(0, 16);
  };
  const url = new URL(address, location.origin);
  url.searchParams.set("q", `${q} after:${moment(left)} before:${moment(right)}`.trim());
  return url.pathname + url.search;
}
