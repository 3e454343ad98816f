// Where everything on a page begins: the session, the portal around it, what the keyboard does.

import "./vendor/htmx.esm.min.js";
import "./vendor/hx-sse.min.js";
import { listenToButtons, send } from "./actions.js";
import { around } from "./around.js";
import { listenToPicks, showPicks } from "./bulk.js";
import { copy } from "./clipboard.js";
import { listenToForms } from "./forms.js";
import { go } from "./going.js";
import { listenToKeys } from "./keys.js";
import { Live } from "./live.js";
import { watchPointer } from "./place.js";
import { listenToPlot } from "./plot.js";
import { Portal } from "./portal.js";
import { redraw } from "./redraw.js";
import { Session } from "./session.js";
import { chooseTimes, setClock, tick } from "./time.js";
import { errorWord, toast } from "./toast.js";
import { listenToTrees, showRaw } from "./tree.js";
import { listenToValues } from "./values.js";

const THEMES = ["light", "dark", "auto"];

const { token, shell } = document.body.dataset;
const origin = document.body.dataset.portal ?? "";
document.body.removeAttribute("data-token");

const portal = Portal.around(origin);
const session = new Session(portal, () => lost());
const live = new Live(session);
let streamHeaders = null;
let lastList = "/ui/runs";

function lost() {
  const refused = document.getElementById("refused");
  if (refused) {
    document.getElementById("loading").hidden = true;
    document.getElementById("outside").hidden = true;
    refused.hidden = false;
  } else {
    document.getElementById("lost")?.removeAttribute("hidden");
  }
}

// A page is on the screen: name it in the portal, take its clock and its address.
function arrive() {
  const page = document.getElementById("page");
  if (!page?.dataset.title) return;
  document.documentElement.lang = page.dataset.language;
  setClock(page.dataset.now);
  tick();
  portal?.setTitle(page.dataset.title);
  if (page.dataset.section === "runs") lastList = location.pathname + location.search;
  document.querySelector("[data-back]")?.setAttribute("href", lastList);
  const tab = document.querySelector(".tabs [aria-current]");
  if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 40;
  showRaw();
  showPicks();
  for (const part of document.querySelectorAll("[data-needs]")) import(`./${part.dataset.needs}.js`);
  live.arrive();
}

// Every request of htmx goes through the session; what is no page is said in words and never put on the screen.
document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  // A form without an address is sent by a script of ours, and what is written in it never stands in an address.
  if (ctx.sourceElement.matches("form:not([action])")) return event.preventDefault();
  ctx.fetch = session.fetch;
  if (ctx.sourceElement.id === "live") streamHeaders = ctx.request.headers;
  if (ctx.request.method === "GET" && ctx.request.body) {
    for (const [name, value] of [...ctx.request.body]) if (value === "") ctx.request.body.delete(name);
  }
});
document.addEventListener("htmx:after:request", async (event) => {
  const { raw, status } = event.detail.ctx.response;
  if (raw.headers.get("content-type")?.startsWith("text/html")) return;
  event.preventDefault();
  let code = "failed";
  try {
    code = JSON.parse(event.detail.ctx.text).error;
  } catch { /* whatever it is, it is no page */ }
  if (status < 400) return;
  toast(errorWord(code), true);
  const place = event.detail.ctx.sourceElement;
  place.querySelector?.("[data-on-error]")?.removeAttribute("hidden");
  if (place.querySelector?.("[data-on-error]")) place.querySelector(".skeleton")?.remove();
});
document.addEventListener("htmx:error", (event) => {
  if (event.detail.error instanceof TypeError) toast(errorWord("offline"), true);
});
document.addEventListener("htmx:sse:error", async (event) => {
  if (event.detail.status !== 401 || !streamHeaders) return;
  await session.renew().catch(() => null);
  session.sign(streamHeaders);
});
document.addEventListener("htmx:sse:before:connection", () => {
  if (streamHeaders) session.sign(streamHeaders);
});
document.addEventListener("htmx:after:swap", arrive);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-open-path]");
  if (link && portal && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    event.stopPropagation();
    portal.openPath(link.dataset.openPath);
    return;
  }
  const slider = event.target.closest("[data-slider]");
  if (slider) slide(slider.dataset);
  const leads = event.target.closest("[data-go]");
  if (leads && !leads.closest("svg.plot")) go(leads.dataset.go);
  const copied = event.target.closest("[data-copy]");
  if (copied) copy(copied.dataset.copy);
  const times = event.target.closest("[data-times]");
  if (times) chooseTimes(times.dataset.times);
  if (event.target.closest("[data-density-switch]")) switchDensity();
  if (event.target.closest("[data-reload]")) location.reload();
  const theme = event.target.closest("[data-theme-switch]");
  if (theme) {
    const next = THEMES[(THEMES.indexOf(window.dezhurnyTheme.get()) + 1) % THEMES.length];
    window.dezhurnyTheme.set(next);
    toast(theme.dataset[next]);
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
}, true);

// A run beside the list, in a slider of the portal; where there is no portal, in its place.
function slide({ slider: run, sliderTitle: title }) {
  if (portal) portal.openApplication({ run, bx24_width: 1100, bx24_title: title });
  else go(`/ui/runs/${run}`);
}

async function switchDensity() {
  const results = document.getElementById("results");
  const density = results.dataset.density ? null : "compact";
  if (density) results.dataset.density = density;
  else delete results.dataset.density;
  document.querySelector("[data-density-switch]").setAttribute("aria-pressed", String(Boolean(density)));
  await send("/api/preferences", { density });
}

// The frame is as high as its page, so that it needs no scroll bar of its own.
function fit() {
  let timer = null;
  let told = 0;
  // Loaded anew in a frame that was made high for another page, it need not stay as high.
  const least = Math.min(window.innerHeight, window.screen.availHeight);
  new ResizeObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const page = document.getElementById("page");
      const height = Math.max(least, Math.ceil(page?.getBoundingClientRect().bottom + window.scrollY));
      if (Math.abs(height - told) > 1) portal.resize(told = height);
    }, 100);
  }).observe(document.body);
}

async function begin() {
  Object.assign(around, { session, portal, go, reload: redraw });
  watchPointer();
  listenToButtons(session, redraw);
  listenToForms();
  listenToPicks(redraw);
  listenToPlot(go);
  listenToValues(go);
  listenToTrees();
  listenToKeys(go);
  setInterval(tick, 1000);
  if (portal) fit();
  if (token) {
    session.adopt(token);
    const { address } = document.getElementById("page").dataset;
    if (address) history.replaceState(null, "", address);
    arrive();
  } else if (shell !== undefined && portal) {
    document.getElementById("outside").hidden = true;
    document.getElementById("loading").hidden = false;
    await session.renew();
    const address = location.pathname.startsWith("/ui/") ? location.pathname + location.search : "/ui/runs";
    await htmx.ajax("GET", address, { target: "#page", select: "#page", swap: "outerHTML" });
  } else if (shell !== undefined) {
    document.getElementById("loading").hidden = true;
    document.getElementById("outside").hidden = false;
  }
}

begin().catch(() => null);
