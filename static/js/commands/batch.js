// Many at once: ticked with X or by hand, read in one table with F, approved with A in it, taken back with Z.
import { hint } from "../notices/hint.js";
import { say } from "../notices/announce.js";
import { press } from "./commands.js";
import { manyCame, mayPressMany, undoComes } from "../desk/hand.js";
import { secondsUntil } from "../live/time.js";
import * as rows from "../desk/rows.js";
import { OWN_KEYS, verbOf } from "./verbs.js";

const dialog = () => document.getElementById("batch-dialog");
const ticks = () => [...document.querySelectorAll(".q-row .pick input")];
const ticked = () => ticks().filter((one) => one.checked);
const buttonOf = (key) => dialog()?.querySelector(`[data-batch-key="${key}"]`);
// What a person's own keys for Approve and Undo press in it.
const BUTTONS = [["approve", "a"], ["undo", "z"]];
let undoUntil = 0, isLater = false, isUndoWanted = false, offered = "";

// Said aloud once, however often the list is asked for.
function offerOnce(form) {
  const { value } = form.elements.like;
  if (value !== offered) say(form.textContent.trim().replace(/\s+/g, " "));
  offered = value;
}

// What is gone from the list goes from the choice.
function count() {
  for (const one of ticked()) if ("gone" in one.closest(".q-row").dataset) one.checked = false;
  const chosen = ticked().length;
  const words = document.querySelector("#batch-form [data-chosen]");
  if (words) words.textContent = `${chosen} selected`;
  return chosen;
}

export function tick(row) {
  const box = row?.querySelector(".pick input");
  if (!box) return hint(row ? "Not selected: this case cannot go with others now." : "Not selected: this case is not on the list here.");
  box.checked = !box.checked;
  const tell = box.checkVisibility() ? say : hint;
  tell(`${box.checked ? "Selected" : "Not selected"}, ${count()} in all`);
}

function clear() {
  for (const one of ticks()) one.checked = false;
  count();
}

// What is ticked; without that the family of the case in hand, or the largest.
export function check() {
  if (count()) return document.getElementById("batch-form").requestSubmit();
  const found = [...document.querySelectorAll(".family")];
  const mine = (rows.focusedRow() ?? rows.openRow())?.dataset.escalation;
  const family = found.find((one) => one.querySelector(`input[value="${mine}"]`)) ?? found[0];
  family ? family.requestSubmit() : hint("Nothing is selected, and no three cases here are alike. X selects.");
}

// Whether there is a lot to take back and nothing was answered since, which would be taken back first; a press then does.
export function undoLot() {
  const button = buttonOf("z");
  if (!button || isLater || performance.now() > undoUntil) return false;
  button.form.requestSubmit(button);
  return true;
}

document.addEventListener("htmx:after:settle", ({ target }) => {
  if (target.matches?.(".families") && target.querySelector(".similar")) offerOnce(target.querySelector(".similar"));
  if (target.id !== "batch-body") return;
  // Looked at before it can be pressed: a hand that types on, or the second half of a double click, must not approve it.
  manyCame();
  if (!dialog().open) dialog().showModal();
  const until = target.querySelector("#batch-results baton-clock")?.dataset.until;
  undoUntil = until ? performance.now() + secondsUntil(until) * 1000 : 0;
  if (!target.querySelector("#batch-results")) return;
  clear();
  isLater = false;
  askAgain();
  if (isUndoWanted) setTimeout(() => undoLot() || hint("There is nothing to undo."));
  isUndoWanted = false;
});

// What was changed may be changed in others too: the lists ask again.
document.addEventListener("baton:answer", ({ detail: { answer, frame } }) => {
  if (answer.type !== "ack") return;
  const { decides, undo_s } = verbOf(frame.command);
  isLater ||= Boolean(decides || undo_s);
  if (["edit", "undo"].includes(frame.command)) askAgain();
});
document.addEventListener("baton:undone", () => { isLater = false; askAgain(); });

function askAgain() {
  const place = document.querySelector(".families");
  if (place) htmx.trigger(place, "baton:changed");
}

document.addEventListener("change", ({ target }) => { if (target.matches(".pick input")) count(); });

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-act=unpick]")) clear();
  const button = event.target.closest("[data-batch-key]");
  if (button && !mayPressMany(button.form)) event.preventDefault();
  if (button) isUndoWanted = false;
}, true);

document.addEventListener("keydown", (event) => {
  const { key, ctrlKey, metaKey, altKey, repeat } = event;
  const isOff = ctrlKey || metaKey || altKey || repeat || document.documentElement.dataset.keys === "off";
  const pressed = BUTTONS.find(([name]) => OWN_KEYS[name] === key.toLowerCase());
  if (isOff || !pressed || !dialog()?.open) return;
  const button = buttonOf(pressed[1]);
  isUndoWanted = !button && Boolean(document.querySelector("#batch-table[data-ui-sent]"));
  if (!button && !isUndoWanted) return;
  event.preventDefault();
  button ? press(button, "key") : undoComes();
});
