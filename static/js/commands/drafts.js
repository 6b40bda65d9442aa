// What a person typed is never lost: kept per case and command in this tab, given back when the form comes again.
import { store } from "../live/storage.js";

const PREFIX = "baton-draft:";
// Other tabs of the same person, so that one case open in two of them has one draft.
const tabs = "BroadcastChannel" in globalThis ? new BroadcastChannel("baton-drafts") : null;
const tell = (what) => tabs?.postMessage({ ...what, user: document.body.dataset.user });

const keyOf = (form) => {
  const escalation = form.dataset.draft ?? form.closest("[data-escalation]")?.dataset.escalation;
  return escalation && `${PREFIX}${escalation}:${form.dataset.command}`;
};

export function keep(form) {
  const key = keyOf(form);
  if (!key) return;
  const text = JSON.stringify(typedIn(form));
  store((storage) => storage.setItem(key, text));
  tell({ key, text });
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

export const isTyped = (field) => field.name && !["hidden", "submit", "button"].includes(field.type) && isOther(field);

// A field as it is kept: its name, what stands in it, and of several ticks which one.
const valueOf = (field) => [field.name, isTick(field) ? field.checked : field.value, isTick(field) ? field.value : null];
export const typedIn = (form) => [...form.elements].filter(isTyped).map(valueOf);
export const fieldOf = (form, name, option) => [...form.elements].find((one) => one.name === name && (option === null || one.value === option));

// For a reader, "Amount: 44.00", and a text as it is; ticks are no words.
const labelOf = (field) => field.matches("input, select") && field.labels?.[0]?.firstChild.textContent.trim();
export const linesOf = (form, typed) => typed.filter(([, value]) => value?.trim?.())
  .map(([name, value, option]) => [labelOf(fieldOf(form, name, option)), value].filter(Boolean).join(": "));

export function put(field, value) {
  if (isTick(field)) field.checked = value;
  else field.value = value;
}

function restore(root) {
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
  const key = keyOf(form);
  if (!key) return;
  store((storage) => storage.removeItem(key));
  tell({ key });
}

// What was sent is given back where it is undone: whoever undoes wants to change a word of it.
const SENT = "baton-sent";
export function sent(form) {
  const [key, typed] = [keyOf(form), typedIn(form)];
  forget(form);
  if (key && typed.length) store((storage) => storage.setItem(SENT, JSON.stringify([key, JSON.stringify(typed)])));
}

export function giveBack(escalation) {
  const [key = "", text] = JSON.parse(store((storage) => storage.getItem(SENT)) ?? "[]");
  if (key.startsWith(`${PREFIX}${escalation}:`)) store((storage) => storage.setItem(key, text));
  store((storage) => storage.removeItem(SENT));
}

const forgetAll = () => store((storage) => {
  for (const key of Object.keys(storage)) if (key.startsWith(PREFIX) || key === SENT) storage.removeItem(key);
});

document.addEventListener("input", ({ target, isTrusted }) => {
  const form = isTrusted && target.closest?.("form.command");
  if (form) keep(form);
});
// What is taken out there is as it was here too; what was sent there goes when the case is read again.
function follow(form, values) {
  const named = new Set(values.map(([name]) => name));
  for (const field of form.elements) if (isTyped(field) && !named.has(field.name)) back(field);
  for (const [name, value, option] of values) {
    const field = fieldOf(form, name, option);
    if (field) put(field, value);
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

export function back(field) {
  if (field.tagName === "SELECT") for (const one of field.options) one.selected = one.defaultSelected;
  else put(field, isTick(field) ? field.defaultChecked : field.dataset.was ?? field.defaultValue);
}

tabs?.addEventListener("message", ({ data: { key, text, user } }) => {
  if (user !== document.body.dataset.user) return;
  if (!key) return forgetAll();
  store((storage) => (text ? storage.setItem(key, text) : storage.removeItem(key)));
  const form = text && [...document.querySelectorAll("form.command")].find((one) => keyOf(one) === key);
  if (form) follow(form, JSON.parse(text));
});

document.addEventListener("submit", ({ target }) => target.matches("[data-sign-out]") && (forgetAll(), tell({})));
document.addEventListener("baton:swapped", () => restore(document));
restore(document);
