/** Fields of the form in which a robot is set up, one for each type that an application may declare. */

import { h } from "./element.js";
import { employees } from "./lookup.js";
import { isYes, listOf } from "./values.js";
import { say } from "./words.js";

/** An expression that the portal fills in when the robot fires. */
const RESPONSIBLE = "{=Document:ASSIGNED_BY_ID}";

/** Draw a field; `onInput` gets the value as the portal keeps it: a text, Y or N, or a list of texts. */
export function field(spec, value, onInput) {
  if (spec.type === "bool") return flag(spec, value, onInput);
  const id = `field-${spec.code}`;
  return h(
    "div",
    { class: `field ${spec.isMissing ? "is-missing" : ""}`, key: spec.code },
    h(
      "label",
      { for: id },
      spec.name,
      spec.isRequired && h("span", { class: "required", title: say("required") }, " *"),
    ),
    control(spec, value, onInput, id),
    spec.description && h("small", {}, spec.description),
  );
}

function control(spec, value, onInput, id) {
  if (spec.type === "select" || spec.type === "user") {
    return spec.isMultiple ? boxes(spec, value, onInput, id) : choice(spec, value, onInput, id);
  }
  return spec.type === "text" || spec.isMultiple ? lines(spec, value, onInput, id) : line(spec, value, onInput, id);
}

function flag(spec, value, onInput) {
  const onchange = (event) => onInput(event.target.checked ? "Y" : "N");
  return h(
    "label",
    { class: "field field-bool", key: spec.code, title: spec.description ?? "" },
    h("input", { id: `field-${spec.code}`, type: "checkbox", checked: isYes(value), onchange }),
    h("span", {}, spec.name),
  );
}

function line(spec, value, onInput, id) {
  const look = { id, type: "text", autocomplete: "off", inputmode: spec.type === "int" ? "numeric" : "text" };
  const oninput = (event) => onInput(event.target.value);
  return h("input", { ...look, value: listOf(value)[0] ?? "", required: spec.isRequired, oninput });
}

/** Several lines; for a property with several values each line is one. */
function lines(spec, value, onInput, id) {
  const oninput = (event) => {
    const typed = event.target.value;
    onInput(spec.isMultiple ? typed.split("\n") : typed);
  };
  return h("textarea", { id, rows: "3", value: listOf(value).join("\n"), required: spec.isRequired, oninput });
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
  const box = (one) => {
    const onchange = (event) => set(one.value, event.target.checked);
    const input = h("input", { type: "checkbox", checked: given.includes(one.value), onchange });
    return h("label", { class: "box", key: one.value }, input, h("span", {}, one.title));
  };
  const look = { class: "boxes", id, role: "group", "aria-label": spec.name };
  return h("div", look, withUnknown(optionsOf(spec), given).map(box));
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
