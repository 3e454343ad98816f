/** Sliders: the open panels as they come from the right; the topmost has the keyboard. */

import { cardBody } from "./card.js";
import { iconButton } from "./controls.js";
import { h } from "./element.js";
import { openFrame } from "./frame.js";
import { findItem } from "./lookup.js";
import { closePanel, parentOf } from "./panels.js";
import { chosen } from "./state.js";
import { say } from "./words.js";

export function sliders() {
  return chosen.panels.map((panel, depth) => {
    const shown = panel.kind === "card" ? findItem(panel.type, panel.item) : null;
    const title = shown ? shown.title : panel.title || chosen.appTitle || say("app");
    return h(
      "section",
      {
        class: `panel panel-${panel.kind}`,
        key: panel.id,
        id: `panel-${panel.id}`,
        role: "dialog",
        tabindex: "-1",
        "aria-label": title,
        style: panel.width ? { "--panel-width": `${panel.width}px` } : {},
        "data-depth": depth,
      },
      h(
        "header",
        { class: "panel-head" },
        h("h2", {}, title),
        iconButton("close", say("close"), () => closePanel(panel.id), { class: "panel-close" }),
      ),
      panel.kind === "card" ? cardBody(panel, shown) : appBody(panel),
    );
  });
}

function appBody(panel) {
  return h("div", {
    class: "frame-host",
    key: "frame",
    kept: true,
    born: (host) => openFrame(host, { options: panel.options }, parentOf(panel.id)),
  });
}
