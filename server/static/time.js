// Times that go on by themselves. Business time may run apart from the computer's clock: the page tells by how much.

let ahead = 0;

export function setClock(now) {
  ahead = new Date(now).getTime() - Date.now();
}

export function tick() {
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

function inWords(seconds, said) {
  const size = Math.abs(seconds);
  if (size < 90) return said.format(Math.round(seconds), "second");
  if (size < 90 * 60) return said.format(Math.round(seconds / 60), "minute");
  if (size < 36 * 3600) return said.format(Math.round(seconds / 3600), "hour");
  return said.format(Math.round(seconds / 86400), "day");
}
