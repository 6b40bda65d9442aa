// Single keys: off while typing, in dialogs, on touch screens without a keyboard, and by the person's own switch.
import { tinykeys } from "../../vendor/tinykeys-4.0.0.js";
import { acts } from "../commands/acts.js";
import { press } from "../commands/commands.js";
import { typedIn } from "../commands/drafts.js";
import { isDeciding } from "../commands/on_its_way.js";
import { namedBy, verbOf, OWN_KEYS } from "../commands/verbs.js";
import { store } from "../live/storage.js";
import { hint } from "../notices/hint.js";
import { disarm, use } from "./guard.js";
import { mayPress } from "./hand.js";
import { closePanel, openPlace } from "./panels.js";
import { isOneAtATime, stepToList } from "./steps.js";
import { ENDS_BY_ENTER, isField, isTyped } from "./typing.js";

const MOVES = ["next-case", "previous-case"];
const nameOf = namedBy(OWN_KEYS);
const { ownKeys } = document.documentElement.dataset;

// They chose other keys elsewhere: what came is drawn with those, and until the whole page is, no key is heard as another
// nor shown. What is typed for a case comes back; anything else that is typed is not lost for a key.
let isStale = false;
function redraw() {
  if (isStale) return;
  isStale = true;
  document.documentElement.dataset.keys = "off";
  if (![...document.forms].some((form) => !form.matches(".command") && typedIn(form).length)) setTimeout(() => location.reload());
  else document.getElementById("toasts").tell("You chose other keys. Load this page again to see and use them.");
}

document.addEventListener("baton:swapped", () => {
  if ((document.getElementById("briefing")?.dataset.ownKeys ?? ownKeys) !== ownKeys) redraw();
});
// Another tab, or this one before, was drawn with these; whose they are, as somebody else may have signed in.
const KEPT = `baton-own-keys:${document.body.dataset.user}`;
addEventListener("storage", ({ key, newValue }) => key === KEPT && newValue !== null && newValue !== ownKeys && redraw());
store((here) => here.setItem(KEPT, ownKeys), "localStorage");

const isOff = (event) =>
  event.defaultPrevented ||
  event.isComposing ||
  event.repeat && !MOVES.includes(nameOf(event)) ||
  document.documentElement.dataset.keys === "off";

// The form of an answer that is on its way takes no more words: what is undone is that answer. A field or a dialog that was
// opened since, on another case, is written into.
function undoes(name, { target }) {
  const place = isField(target) ? target.closest("form") : document.querySelector("dialog[open]");
  return name === "undo" && isDeciding() && (!place || place.matches("[data-ui-busy]") || place.querySelector("form[data-ui-busy]"));
}

// A sign may need Shift on this keyboard; a letter with Shift is another one.
const isPlain = ({ key, ctrlKey, metaKey, altKey, shiftKey }) =>
  !ctrlKey && !metaKey && !altKey && !(shiftKey && key.toLowerCase() !== key.toUpperCase());

// Who asked for the table of many and got none means to approve many, and not the one case that is open.
let before = "";
addEventListener("pointerdown", () => { before = ""; }, true);
const noTable = () => mayPress()
  && hint(`Not done: no table of many has opened. Press ${OWN_KEYS.approve.toUpperCase()} again to approve this case alone.`);

addEventListener("keydown", (event) => {
  const name = event.key && event.code && isPlain(event) && nameOf(event), isForMany = before === "many" && name === "approve";
  before = name;
  if (!name || isOff(event) || !undoes(name, event) && (isTyped(event) || document.querySelector("dialog[open]"))) return;
  event.preventDefault();
  if (isForMany) return void noTable();
  const { key, does } = verbOf(name);
  acts[name] ? acts[name]() : use(key, does);
});

// The preset of that number in a dialog, otherwise the part of the case or of the floor.
function digit(event) {
  const dialog = document.querySelector("dialog[open]");
  const chosen = dialog ? dialog.querySelector(`[data-digit="${event.key}"]`)
    : document.querySelectorAll(":is(.jump, .parts) a")[event.key - 1];
  if (!chosen || isOff(event) || isTyped(event)) return;
  event.preventDefault();
  press(chosen, "key");
}

// What is written is sent without leaving the field, where one button of its form alone can be meant.
function send(event) {
  const form = event.target.matches?.("input, select, textarea") && event.target.closest("form.command");
  const buttons = [...form ? form.querySelectorAll("[type=submit]") : []].filter((one) => one.checkVisibility());
  const sends = buttons.filter((one) => "sends" in one.dataset), sending = sends.length ? sends : buttons;
  if (sending.length !== 1 || event.isComposing || event.repeat) return;
  event.preventDefault();
  press(sending[0], "key");
}

// Enter ends a field beside the evidence and sends nothing: other fields follow, and what leaves is sent by its button.
function toNextField(event) {
  const field = event.target;
  if (event.isComposing || !field.matches?.(ENDS_BY_ENTER)) return;
  event.preventDefault();
  const all = [...field.form.elements].filter((one) => one.checkVisibility() && !one.disabled);
  all[all.indexOf(field) + 1]?.focus();
}

// Out of the dialog, the panel, a field of the case, and on a phone the case itself.
function stepBack({ target }) {
  disarm();
  if (document.querySelector("dialog[open]") || closePanel()) return;
  if (target.matches?.("#briefing :is(textarea, input)")) return document.getElementById("case").focus({ preventScroll: true });
  if (isOneAtATime() && document.querySelector(".desk .zone-list")) stepToList();
}

tinykeys(window, {
  "[Shift]+([1-9])": digit,
  "$mod+k": (event) => { event.preventDefault(); openPlace("palette"); },
  "$mod+Enter": send,
  Enter: toNextField,
  Escape: stepBack,
}, { ignore: () => false });
