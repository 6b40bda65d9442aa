// Single keys: off while typing, in dialogs, on touch screens without a keyboard, and by the person's own switch.
import { tinykeys } from "../../vendor/tinykeys-4.0.0.js";
import { say } from "../notices/announce.js";
import { press } from "../commands/commands.js";
import { check, tick, undoLot } from "../commands/batch.js";
import { open, show } from "./briefing.js";
import { closePanel, openPlace } from "./panels.js";
import { approve, disarm, use } from "./guard.js";
import { whyHere } from "./place.js";
import { takeNext } from "./next.js";
import { offerReplies } from "../commands/replies.js";
import { showNew } from "./queue.js";
import * as rows from "./rows.js";
import { isTyped } from "./typing.js";
import { keyed } from "../commands/verbs.js";

const isOff = (event) =>
  event.defaultPrevented ||
  event.isComposing ||
  event.repeat && !/^[jk]$/i.test(event.key) ||
  document.documentElement.dataset.keys === "off" ||
  isTyped(event);

function single(act) {
  return (event) => {
    if (isOff(event) || document.querySelector("dialog[open]")) return;
    if (act(event) !== false) event.preventDefault();
  };
}

function move(step) {
  let row = rows.next(step);
  if (row === rows.focusedRow() && step > 0 && rows.heldRows().length) {
    showNew();
    row = rows.next(step);
  }
  rows.linkOf(row)?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}

function openNext() {
  const row = rows.following(rows.openRow() ?? rows.focusedRow());
  if (!row) return say("No further case");
  open(row);
  rows.linkOf(row).focus({ preventScroll: true });
}

function select() {
  tick(rows.focusedRow() ?? rows.openRow());
}

// The preset of that number in a dialog, otherwise the part of the case.
function digit(event) {
  const dialog = document.querySelector("dialog[open]");
  const chosen = dialog ? dialog.querySelector(`[data-digit="${event.key}"]`)
    : document.querySelectorAll(".jump a")[event.key - 1];
  if (!chosen || isOff(event)) return;
  event.preventDefault();
  press(chosen, "key");
}

// The last decision, or the decided case that is open.
function undo() {
  if (undoLot()) return;
  const button = [...document.querySelectorAll('#briefing form[data-command="undo"] button')].find((one) => one.checkVisibility());
  if (document.querySelector("#toasts [data-act=undo]") || !button) document.getElementById("toasts")?.undo();
  else press(button, "key");
}

function search() {
  const field = document.querySelector('.zone-list input[type="search"], main input[type="search"]');
  const fold = field?.closest("details");
  if (fold) fold.open = true;
  field?.checkVisibility() ? field.focus() : openPlace("palette");
}

// What is written is sent without leaving the field, where one button of its form alone can be meant.
function send(event) {
  const form = event.target.matches?.("input, select, textarea") && event.target.closest("form.command");
  const sending = [...form ? form.querySelectorAll("[type=submit]") : []].filter((one) => one.checkVisibility());
  if (sending.length !== 1 || event.isComposing || event.repeat) return;
  event.preventDefault();
  press(sending[0], "key");
}

function stepBack() {
  disarm();
  if (document.querySelector("dialog[open]") || closePanel()) return;
  if (matchMedia("(max-width: 52rem)").matches) show("list");
}

// Approving looks first whether the brief is seen; undoing has no button but in what was decided.
const OWN = { approve, undo };

tinykeys(window, {
  j: single(() => move(1)),
  k: single(() => move(-1)),
  n: single(() => takeNext() || openNext()),
  o: single(() => document.querySelector("baton-offers")?.goTo()),
  w: single(() => void whyHere()),
  x: single(select),
  f: single(() => check()),
  y: single(() => void offerReplies()),
  ...Object.fromEntries(keyed().map(([name, { key, does }]) => [key, single(OWN[name] ?? (() => use(key, does)))])),
  "[Shift]+/": single(search),
  "[Shift]+?": single(() => openPlace("help")),
  "[Shift]+([1-9])": digit,
  "$mod+k": (event) => { event.preventDefault(); openPlace("palette"); },
  "$mod+Enter": send,
  Escape: stepBack,
}, { ignore: () => false });
