/** Menus that drop from a button: one at a time, walked with the arrows, closed with Escape or a click elsewhere. */

import { h } from "./element.js";
import { choose, chosen } from "./state.js";

/**
 * A button and, while it is open, its menu. `entries` are `{label, note, mark, act}`, `{heading}` or
 * `{content}` for whatever is no choice.
 */
export function menuButton({ name, label, title, content, className = "", entries, align = "left" }) {
  const isOpen = chosen.menu === name;
  return h(
    "span",
    { class: `menu-host ${isOpen ? "is-open" : ""}`, key: `menu-${name}` },
    h(
      "button",
      {
        type: "button",
        class: className,
        id: `menu-${name}`,
        title: title ?? label,
        "aria-label": label,
        "aria-haspopup": "menu",
        "aria-expanded": String(isOpen),
        onclick: (event) => {
          event.stopPropagation();
          isOpen ? closeMenu() : openMenu(name);
        },
      },
      content ?? label,
    ),
    isOpen && menuOf(name, label, entries(), align),
  );
}

function menuOf(name, label, entries, align) {
  return h(
    "div",
    {
      class: `menu menu-${align}`,
      role: "menu",
      "aria-label": label,
      onkeydown: (event) => walk(event, name),
      onclick: (event) => event.stopPropagation(),
    },
    entries.map((entry, index) => entryOf(entry, index)),
  );
}

function entryOf(entry, index) {
  if (entry.content) return h("div", { class: "menu-content", key: `content-${index}` }, entry.content);
  if (entry.heading) return h("div", { class: "menu-heading", key: `heading-${index}` }, entry.heading);
  return h(
    "button",
    {
      type: "button",
      role: "menuitem",
      class: "menu-entry",
      key: `entry-${index}`,
      tabindex: "-1",
      disabled: entry.disabled ?? false,
      onclick: () => {
        if (!entry.stays) closeMenu();
        entry.act();
      },
    },
    entry.mark,
    h("span", { class: "menu-label" }, entry.label),
    entry.note && h("span", { class: "menu-note" }, entry.note),
  );
}

function openMenu(name) {
  choose({ menu: name });
  setTimeout(() => {
    const menu = placed(document.querySelector(".menu"));
    menu?.querySelector("button:not(:disabled), input, select")?.focus();
  });
}

/** Keep a menu inside the window: panes around it scroll and would cut it off. */
function placed(menu) {
  if (!menu) return null;
  const host = menu.parentElement.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = menu.classList.contains("menu-right") ? host.right - width : host.left;
  const below = host.bottom + 4 + height <= window.innerHeight;
  menu.style.setProperty("left", `${Math.max(8, Math.min(left, window.innerWidth - width - 8))}px`);
  menu.style.setProperty("top", `${below ? host.bottom + 4 : Math.max(8, host.top - height - 4)}px`);
  menu.style.setProperty("visibility", "visible");
  return menu;
}

export function closeMenu() {
  const name = chosen.menu;
  if (name === null) return;
  const hadFocus = document.querySelector(".menu")?.contains(document.activeElement);
  choose({ menu: null });
  if (hadFocus) document.getElementById(`menu-${name}`)?.focus();
}

function walk(event, name) {
  if (event.key === "Escape" || event.key === "Tab") {
    event.stopPropagation();
    closeMenu();
    if (event.key === "Escape") document.getElementById(`menu-${name}`)?.focus();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.target.matches("select, input")) return;
  event.preventDefault();
  const choices = [...event.currentTarget.querySelectorAll("button:not(:disabled)")];
  const here = choices.indexOf(document.activeElement);
  choices[(here + step + choices.length) % choices.length]?.focus();
}

export function closeMenusOnClickElsewhere() {
  document.addEventListener("click", () => closeMenu());
}
