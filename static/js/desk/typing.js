// Whether a key is a word that somebody writes, and no command.
import { back, keep } from "../commands/drafts.js";
import { OWN_KEYS } from "../commands/verbs.js";
import { hint } from "../notices/hint.js";

const FIELDS = "input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select, [contenteditable]";
const PAUSE_MS = 1500;
let typed = null;

// Whoever writes on while the field vanishes under them, because the case went, writes on and presses nothing, after however
// long a thought; only where no field opened at all does a pause end it.
function writesOn(event) {
  if (!typed || typed.field?.checkVisibility() || event.key === typed.key) return false;
  if (!typed.field && event.timeStamp - typed.at > PAUSE_MS) return false;
  const isFirst = typed.isNew;
  typed.isNew = false;
  if (isFirst && isUndo(event)) return false;
  typed.at = event.timeStamp;
  hint(typed.field ? "Not done: the case went while you were writing. Press Esc first."
    : `Not done: no field was open yet. Press ${typed.key.toUpperCase()} again.`);
  return true;
}

// Nor does whoever pressed the key of a field that did not open, and writes all the same; but who has answered and then pressed
// it may want that answer back.
export const awaitField = (key) => { typed = { key, isNew: true, at: performance.now() }; };
const isUndo = ({ key }) => key.toLowerCase() === OWN_KEYS.undo && document.querySelector("#toasts [data-act=undo]");

export const isField = (target) => Boolean(target.closest?.(FIELDS));
export const isTyped = (event) => isField(event.target) || writesOn(event);

// Escape, a press, what is sent by Enter and going elsewhere by Tab end the writing on purpose.
export const ENDS_BY_ENTER = "[data-panel] form.command input";
const SENDS_BY_ENTER = `input:not(${ENDS_BY_ENTER}), button, a`;
addEventListener("keydown", ({ key, target, timeStamp, ctrlKey, metaKey }) => {
  const sends = key === "Enter" && (ctrlKey || metaKey || target.matches?.(SENDS_BY_ENTER));
  if (key === "Escape" || key === "Tab" || sends) typed = null;
  else if (target.matches?.(FIELDS)) typed = { field: target, at: timeStamp };
}, true);
addEventListener("pointerdown", () => { typed = null; }, true);

// A dialog that opens on a button takes words into its one field for them: the first space would press that button. A digit
// is the preset of that number, and the key that opened the dialog may come twice.
const TWICE_MS = 400;
let last = { key: "", timeStamp: 0 };
addEventListener("keydown", (event) => {
  const { key, target, timeStamp } = event, isTwice = key === last.key && timeStamp - last.timeStamp < TWICE_MS;
  last = event;
  if (!/^[^\s\d]$/u.test(key) || isTwice || event.repeat || event.ctrlKey || event.metaKey || target.matches?.(FIELDS)) return;
  const words = [...document.querySelectorAll("dialog[open] textarea")].filter((field) => field.checkVisibility());
  if (words.length !== 1) return;
  words[0].focus();
  if (!words[0].value && isUndo(event)) wroteUndo(words[0], key);
});

// A field that has the focus by itself is written into at once.
let untouched = null;
addEventListener("focusin", ({ target }) => { untouched = target.matches?.(FIELDS) && target.form ? target : null; });
addEventListener("input", () => { untouched = null; });
addEventListener("keydown", (event) => {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (untouched && event.target === untouched && isPlain && isUndo(event)) wroteUndo(untouched, event.key);
});

// Words may begin with the letter of Undo. Who meant Undo is told, and the letter alone does not stay for the next time.
function wroteUndo(field, letter) {
  hint(`Written, not undone. To undo press Esc, then ${letter.toUpperCase()}.`);
  field.addEventListener("blur", () => {
    if (field.value !== letter) return;
    back(field);
    keep(field.form);
  }, { once: true });
}
