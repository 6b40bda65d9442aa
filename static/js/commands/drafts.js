// What a person typed is never lost: kept per case and command in this tab, given back when the form comes again.
import { store } from "../live/storage.js";

const PREFIX = "baton-draft:";

const keyOf = (form) => {
  const escalation = form.dataset.draft ?? form.closest("[data-escalation]")?.dataset.escalation;
  return escalation && `${PREFIX}${escalation}:${form.dataset.command}`;
};

export function keep(form) {
  const key = keyOf(form);
  if (key) store((storage) => storage.setItem(key, JSON.stringify(typedIn(form))));
}

const isTick = (field) => field.type === "checkbox" || field.type === "radio";

// Whether a person put something else into it than the page brought.
export function isOther(field) {
  if (isTick(field)) return field.checked !== field.defaultChecked;
  if ("was" in field.dataset) return field.value !== field.dataset.was;
  if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
  const first = [...field.options].find((option) => option.defaultSelected) ?? field.options[0];
  return field.value !== first?.value;
}

const isTyped = (field) => field.name && !["hidden", "submit", "button"].includes(field.type) && isOther(field);

// A field as it is kept: its name, what stands in it, and of several ticks which one.
const valueOf = (field) => [field.name, isTick(field) ? field.checked : field.value, isTick(field) ? field.value : null];
export const typedIn = (form) => [...form.elements].filter(isTyped).map(valueOf);
export const fieldOf = (form, name, option) => [...form.elements].find((one) => one.name === name && (option === null || one.value === option));

export function put(field, value) {
  if (isTick(field)) field.checked = value;
  else field.value = value;
}

export function restore(root) {
  for (const form of root.querySelectorAll("form.command")) {
    const text = keyOf(form) && store((storage) => storage.getItem(keyOf(form)));
    if (!text || "uiDraft" in form.dataset) continue;
    form.dataset.uiDraft = "";
    for (const [name, value, option] of JSON.parse(text)) {
      const field = fieldOf(form, name, option);
      if (field) put(field, value);
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

export function forget(form) {
  if (keyOf(form)) store((storage) => storage.removeItem(keyOf(form)));
}

const forgetAll = () => store((storage) => {
  for (const key of Object.keys(storage)) if (key.startsWith(PREFIX)) storage.removeItem(key);
});

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form.command");
  if (form && event.isTrusted) keep(form);
});
document.addEventListener("submit", (event) => event.target.matches("[data-sign-out]") && forgetAll());
document.addEventListener("baton:swapped", () => restore(document));
restore(document);
