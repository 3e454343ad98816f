// Times that go on by themselves. Business time may run apart from the computer's clock: the page tells by how much.

let ahead = 0;

export function setClock(now) {
  ahead = new Date(now).getTime() - Date.now();
}

// How moments are said on the page of a run: in the portal's zone, in UTC, or from the start of the run.
let times = "portal";

export function chooseTimes(mode) {
  times = mode;
  tick();
}

export function tick() {
  showTimes();
  const now = Date.now() + ahead;
  const said = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
  for (const element of document.querySelectorAll("time[data-countdown]")) {
    const words = inWords((new Date(element.dateTime).getTime() - now) / 1000, said);
    if (element.textContent !== words) element.textContent = words;
  }
  for (const mark of document.querySelectorAll(".wait-bar .now")) {
    const start = new Date(mark.dataset.start).getTime();
    const end = new Date(mark.dataset.end).getTime();
    mark.setAttribute("x", `${Math.min(100, Math.max(0, ((now - start) / (end - start)) * 100)).toFixed(2)}%`);
  }
}

function showTimes() {
  const run = document.getElementById("run");
  if (!run) {
    times = "portal";
    return;
  }
  for (const button of run.querySelectorAll("[data-times]")) {
    button.setAttribute("aria-pressed", String(button.dataset.times === times));
  }
  for (const element of run.querySelectorAll("time:not([data-countdown])")) {
    element.dataset.said ??= element.textContent;
    const words = spelled(element, new Date(run.dataset.start));
    if (element.textContent !== words) element.textContent = words;
  }
}

function spelled(element, start) {
  if (times === "utc") return element.dateTime.slice(0, 19).replace("T", " ");
  if (times !== "start") return element.dataset.said;
  const seconds = Math.round((new Date(element.dateTime) - start) / 1000);
  const parts = [Math.abs(seconds) / 3600, (Math.abs(seconds) / 60) % 60, Math.abs(seconds) % 60];
  return `${seconds < 0 ? "−" : "+"}${parts.map((part) => String(Math.floor(part)).padStart(2, "0")).join(":")}`;
}

function inWords(seconds, said) {
  const size = Math.abs(seconds);
  if (size < 90) return said.format(Math.round(seconds), "second");
  if (size < 90 * 60) return said.format(Math.round(seconds / 60), "minute");
  if (size < 36 * 3600) return said.format(Math.round(seconds / 3600), "hour");
  return said.format(Math.round(seconds / 86400), "day");
}
