/** Fields of the form in which a robot is set up, one for each type that an application may declare. */

import { h } from "./element.js";
import { employees } from "./lookup.js";
import { isYes, listOf } from "./values.js";
import { say } from "./words.js";

/** Expressions that the portal fills in when the robot fires. */
const RESPONSIBLE = "{=Document:ASSIGNED_BY_ID}";

/** Draw a field; `onInput` gets the value as the portal keeps it: a text, Y or N, or a list of texts. */
export function field(spec, value, onInput) {
  const id = `field-${spec.code}`;
  if (spec.type === "bool") {
    return h(
      "label",
      { class: "field field-bool", key: spec.code, title: spec.description },
      h("input", { id, type: "checkbox", checked: isYes(value), onchange: (event) => onInput(event.target.checked ? "Y" : "N") }),
      h("span", {}, spec.name),
    );
  }
  const isChoice = spec.type === "select" || spec.type === "user";
  return h(
    "div",
    { class: "field", key: spec.code },
    h("label", { for: id }, spec.name, spec.isRequired && h("span", { class: "required", title: say("required") }, " *")),
    isChoice && spec.isMultiple ? boxes(spec, value, onInput, id) : isChoice ? choice(spec, value, onInput, id) : typed(spec, value, onInput, id),
    spec.description && h("small", {}, spec.description),
  );
}

function typed(spec, value, onInput, id) {
  const common = { id, value: listOf(value).join("\n"), required: spec.isRequired, oninput: (event) => onInput(event.target.value) };
  if (spec.type === "text" || spec.isMultiple) {
    const lines = (event) => onInput(spec.isMultiple ? event.target.value.split("\n").filter(Boolean) : event.target.value);
    return h("textarea", { ...common, rows: "3", oninput: lines });
  }
  return h("input", { ...common, type: "text", autocomplete: "off", inputmode: spec.type === "int" ? "numeric" : "text" });
}

function choice(spec, value, onInput, id) {
  const given = listOf(value)[0] ?? "";
  const options = withUnknown(optionsOf(spec), [given]);
  const hasEmpty = options.some((one) => one.value === "");
  return h(
    "select",
    { id, value: given, required: spec.isRequired, onchange: (event) => onInput(event.target.value) },
    !hasEmpty && h("option", { value: "", key: "empty" }, say("not_set")),
    options.map((one) => h("option", { value: one.value, key: one.value }, one.title)),
  );
}

function boxes(spec, value, onInput, id) {
  const given = listOf(value);
  const set = (one, isOn) => onInput(isOn ? [...given, one] : given.filter((other) => other !== one));
  return h(
    "div",
    { class: "boxes", id, role: "group", "aria-label": spec.name },
    withUnknown(optionsOf(spec), given).map((one) =>
      h(
        "label",
        { class: "box", key: one.value },
        h("input", { type: "checkbox", checked: given.includes(one.value), onchange: (event) => set(one.value, event.target.checked) }),
        h("span", {}, one.title),
      ),
    ),
  );
}

function optionsOf(spec) {
  if (spec.type === "select") return spec.options;
  return [
    ...employees().map((one) => ({ value: `user_${one.id}`, title: one.name })),
    { value: RESPONSIBLE, title: say("responsible_of_item") },
  ];
}

/** A value that is no option any more stays choosable: saving the form must not change it silently. */
function withUnknown(options, given) {
  const unknown = given.filter((one) => one !== "" && !options.some((option) => option.value === one));
  return [...options, ...unknown.map((one) => ({ value: one, title: one }))];
}
