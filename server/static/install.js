// Watches the registration of robots and then tells the portal that the installation is finished. It does so too when
// no worker comes: the installation is valid, and the robots follow as soon as one starts.

import { Portal } from "./portal.js";
import { Session } from "./session.js";

const ASK_MS = 700;
const LONGEST_MS = 60000;
const NO_WORKER_MS = 8000;
const READ_MS = 900;

const { token, portal: origin } = document.body.dataset;
document.body.removeAttribute("data-token");
const portal = Portal.around(origin);
const session = new Session(portal, () => null);
session.adopt(token);

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
const words = document.getElementById("note").dataset;
const NAMES = { under_way: "underWay", no_worker: "noWorker", refused: "refused", done: "done" };

async function state() {
  try {
    const answer = await session.fetch("/api/registration");
    return answer.ok ? await answer.json() : { state: "under_way", note: "" };
  } catch {
    return { state: "under_way", note: "" };
  }
}

function show({ state: name, note }) {
  const text = words[NAMES[name]] ?? "";
  const element = document.getElementById("note");
  const said = text.replace("{note}", note);
  if (element.textContent !== said) element.textContent = said;
}

function step(name, value) {
  document.querySelector(`[data-step=${name}]`).dataset.state = value;
}

async function begin() {
  const begun = Date.now();
  let now = await state();
  show(now);
  while (now.state === "under_way" || now.state === "no_worker") {
    const patience = now.state === "no_worker" ? NO_WORKER_MS : LONGEST_MS;
    if (Date.now() - begun > patience) break;
    await pause(ASK_MS);
    now = await state();
    show(now);
  }
  step("robots", now.state === "done" ? "done" : "ahead");
  step("finish", "now");
  if (now.state === "done") document.getElementById("title").textContent = document.getElementById("title").dataset.ready;
  await pause(now.state === "done" ? READ_MS : READ_MS * 3);
  step("finish", "done");
  portal?.finishInstallation();
}

begin();
