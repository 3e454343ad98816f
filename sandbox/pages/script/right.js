/** The right pane: the application in its frame, and the journal behind a tab. */

import { iconButton, tab, tabList } from "./controls.js";
import { draw, h } from "./element.js";
import { openFrame, reload } from "./frame.js";
import { journal, readCalls } from "./journal.js";
import { openApplication, openPath } from "./panels.js";
import { choose, chosen, portalView } from "./state.js";
import { say } from "./words.js";

let frame = null;
let openedFor = null;

/** Draw the tabs and the journal; the frame of the application stays in the page whatever tab is shown. */
export function drawRight() {
  draw(document.getElementById("right-head"), head());
  const isApp = chosen.rightTab === "app";
  document.getElementById("app-host").hidden = !isApp;
  const host = document.getElementById("journal");
  host.hidden = isApp;
  if (!isApp) {
    readCalls();
    draw(host, journal());
  }
  followInstallation();
}

function head() {
  const tabs = { app: chosen.appTitle || say("app"), journal: say("journal") };
  const canReload = chosen.rightTab === "app" && frame;
  return [
    tabList(
      { class: "right-tabs" },
      Object.entries(tabs).map(([code, title]) => {
        const onclick = () => choose({ rightTab: code });
        return tab({ key: code, id: `tab-${code}`, isChosen: chosen.rightTab === code, onclick }, title);
      }),
    ),
    canReload && iconButton("reload", say("reload_app"), () => reload(frame)),
  ];
}

/** Open the application when it is installed, and again when another one is, another version, or another portal. */
function followInstallation() {
  const { app } = portalView();
  const now = app ? [app.client_id, app.member_id, app.version, app.app_url].join(" ") : "";
  if (now === openedFor) return;
  openedFor = now;
  const host = document.getElementById("app-host");
  frame = null;
  if (!app?.app_url) {
    draw(host, noApplication());
    return;
  }
  const parent = { setTitle: (appTitle) => choose({ appTitle }), openApplication, openPath };
  openFrame(host, {}, parent).then((opened) => {
    frame = opened;
    choose({});
  });
}

function noApplication() {
  return h(
    "div",
    { class: "empty" },
    h("p", {}, say("no_app")),
    h("p", {}, say("no_app_how")),
    h("code", {}, "POST /_sandbox/install"),
  );
}
