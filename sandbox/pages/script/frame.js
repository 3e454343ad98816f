/** Pages of the application in frames: opened by a form, spoken with by postMessage (see protocol.js). */

import { h, draw } from "./element.js";
import { refresh } from "./live.js";
import { selectAccess, selectCRM, selectUser } from "./pickers.js";
import { answerOf, requestOf } from "./protocol.js";
import { act, attempt, read } from "./service.js";
import { chosen, portalView } from "./state.js";
import { say } from "./words.js";

const open = [];

/**
 * Put a page of the application into `host` and keep it there. `wants` is `{placement, options, robot}`;
 * `parent` answers for the place it stands in: `setTitle(text)`, `openApplication(params)`, `openPath(path)`,
 * `close()`, `setProperties(values)`; the two that open resolve when what they opened is closed.
 */
export async function openFrame(host, wants, parent) {
  const frame = { host, wants, parent, iframe: null, origin: "", sid: "" };
  open.push(frame);
  await load(frame);
  return frame;
}

async function load(frame) {
  const { placement = "DEFAULT", options = {}, robot = "" } = frame.wants;
  const query = { user_id: chosen.me || 0, lang: chosen.lang, placement, robot, options: JSON.stringify(options) };
  const form = await attempt(() => read("frame", query));
  if (!form) return draw(frame.host, h("p", { class: "empty" }, say("frame_failed")));
  const iframe = document.createElement("iframe");
  iframe.name = form.name;
  iframe.title = say("app");
  iframe.allow = "clipboard-write; fullscreen";
  frame.host.replaceChildren(iframe);
  const sid = form.name.split("|").at(-1);
  Object.assign(frame, { iframe, sid, origin: new URL(form.action).origin, fields: form.fields });
  post(form);
}

function post(form) {
  const element = document.createElement("form");
  Object.assign(element, { method: "post", action: form.action, target: form.name, hidden: true });
  for (const [name, value] of Object.entries(form.fields)) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value: String(value) });
    element.append(input);
  }
  document.body.append(element);
  element.submit();
  element.remove();
}

export function reload(frame) {
  return load(frame);
}

/** Load the pages of all frames anew: after another person or language was chosen. */
export function reloadFrames() {
  return Promise.all(living().map(load));
}

function living() {
  for (const frame of [...open]) {
    if (!frame.host.isConnected) open.splice(open.indexOf(frame), 1);
  }
  return open;
}

export function listenToFrames() {
  window.addEventListener("message", async (event) => {
    const frame = living().find((one) => one.iframe?.contentWindow === event.source);
    const request = frame && event.origin === frame.origin ? requestOf(event.data) : null;
    if (!request || request.sid !== frame.sid || !offered(frame).includes(request.command)) return;
    const value = await attempt(() => COMMANDS[request.command](frame, request.params ?? {}));
    if (request.key && value !== null) event.source.postMessage(answerOf(request.key, value), frame.origin);
  });
}

/** What a page may ask of the portal; each returns what its callback gets, null calls nobody back. */
const COMMANDS = {
  getInitData: async (frame) => ({ ...(await tokens()), ...surroundings(frame) }),
  refreshAuth: tokens,
  getInterface: async (frame) => ({ command: offered(frame), event: [] }),
  setInstall: async (_, { install }) => ({ result: Boolean(install) }),
  setInstallFinish: async (frame) => {
    await act("install/finish");
    await load(frame);
  },
  resizeWindow: async (frame, { height }) => {
    const wanted = Number.parseInt(height, 10);
    if (wanted > 0) frame.iframe.style.setProperty("min-height", `${wanted}px`);
    return { width: frame.iframe.offsetWidth, height: frame.iframe.offsetHeight };
  },
  setTitle: async (frame, { title }) => {
    frame.parent.setTitle?.(String(title ?? ""));
  },
  setScroll: async (frame, { scroll }) => {
    frame.host.scrollTop = Number(scroll) || 0;
  },
  reloadWindow: load,
  openApplication: async (frame, params) => {
    await frame.parent.openApplication(params);
  },
  closeApplication: async (frame) => {
    frame.parent.close?.();
  },
  openPath: async (frame, { path }) => frame.parent.openPath(String(path ?? "")),
  selectUser: (_, params) => selectUser(params),
  selectAccess: (_, params) => selectAccess(params),
  selectCRM: (_, params) => selectCRM(params),
  setAppOption: async (_, { name, value }) => {
    options.app[name] = value;
  },
  setUserOption: async (_, { name, value }) => {
    options.user[name] = value;
  },
  placementBindEvent: async () => {},
  reloadData: async () => {
    await refresh();
  },
  /** Fill in properties of the robot that is being set up; the portal calls nobody back (platform.md 5.1). */
  setPropertyValue: async (frame, values) => {
    frame.parent.setProperties(values);
    return null;
  },
};
/** Not there in placements (platform.md 5.1); the settings of a robot and cards have commands of their own. */
const MAIN_PAGE_ONLY = ["setTitle", "setScroll", "reloadWindow", "setInstall", "setInstallFinish"];
const OF_ROBOTS = ["setPropertyValue"];
const OF_CARDS = ["reloadData"];
/** What applications have set for themselves and for the person; kept while the page is open. */
const options = { app: {}, user: {} };

/** Return the commands that the place of a frame knows; what it does not know stays without an answer. */
function offered(frame) {
  const { placement = "DEFAULT", robot = "" } = frame.wants;
  const isMain = placement === "DEFAULT" && !robot;
  const left = Object.keys(COMMANDS).filter((one) => isMain || !MAIN_PAGE_ONLY.includes(one));
  const withRobots = left.filter((one) => robot || !OF_ROBOTS.includes(one));
  return withRobots.filter((one) => (!isMain && !robot) || !OF_CARDS.includes(one));
}

async function tokens() {
  const { AUTH_ID, REFRESH_ID, AUTH_EXPIRES } = await read("session", { user_id: chosen.me || 0 });
  return { AUTH_ID, REFRESH_ID, AUTH_EXPIRES };
}

function surroundings(frame) {
  const [domain, protocol] = frame.iframe.name.split("|");
  const { member_id: member, PLACEMENT, PLACEMENT_OPTIONS } = frame.fields;
  const sitter = portalView().users.find((one) => one.id === chosen.me);
  return {
    DOMAIN: domain,
    PROTOCOL: Number(protocol),
    PATH: "/rest",
    LANG: chosen.lang,
    MEMBER_ID: member,
    IS_ADMIN: sitter?.admin ?? true,
    APP_OPTIONS: options.app,
    USER_OPTIONS: options.user,
    PLACEMENT,
    PLACEMENT_OPTIONS: JSON.parse(PLACEMENT_OPTIONS || "{}"),
    INSTALL: portalView().app?.installed ?? false,
    FIRST_RUN: false,
  };
}
