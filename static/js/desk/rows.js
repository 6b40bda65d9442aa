// The rows of the queue: found, put at their rank, brought up to date, taken away. Nothing here moves the focus.
import { sinceTouched } from "../live/attention.js";
import { every, homeOf, isBefore, isHome, placeOf, put, queue } from "./order.js";

const scroller = () => document.querySelector(".q-scroll");

export const rowOf = (escalation) => document.getElementById(`row-${escalation}`);
export const linkOf = (row) => row?.querySelector(":scope > a");
export const shown = () => [...document.querySelectorAll(".q-row:not([data-gone], [data-held])")];
// It is marked where it was on the list as its case opened; it may have come there since.
export const openRow = () => document.querySelector(".q-row[data-opened]") ?? rowOf(document.getElementById("briefing")?.dataset.escalation);
export const focusedRow = () => document.activeElement?.closest?.(".q-row") ?? null;
export const versionOf = (element) => Number(element?.dataset.version ?? 0);

// A hand is on the list while the focus or the pointer is inside it or it is scrolled; then nothing in it may move.
function isUnderHand() {
  if (queue()?.matches(":hover") && matchMedia("(hover: hover)").matches) return true;
  const zone = scroller();
  const scrolls = zone && zone.scrollHeight > zone.clientHeight;
  const scrolled = scrolls ? zone.scrollTop > 4 : zone && scrollY > 4 && zone.offsetParent !== null;
  return scrolled || (queue()?.contains(document.activeElement) ?? false);
}

// A hand that moves beside the list may be on its way to a row: what is in its place stays there until it rests.
const REST_MS = 3000;
const isNear = () => isUnderHand() || Boolean(queue()?.checkVisibility()) && sinceTouched() < REST_MS;

export function parseRow(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.querySelector(".q-row");
}

// Puts a row that came from the server into the list. Answers "new", "held", "changed" or "old".
export function place(row) {
  const known = rowOf(row.dataset.escalation);
  if (!known) return insert(row);
  if (versionOf(row) < versionOf(known)) return "old";
  if (versionOf(row) === versionOf(known) && row.innerHTML === known.dataset.uiHtml) return "old";
  const wasGone = "gone" in known.dataset;
  update(known, row);
  return wasGone ? "new" : "changed";
}

function insert(row) {
  if (!homeOf(row)) return "old";
  const held = isUnderHand() && shown().length > 0;
  if (held) row.dataset.held = "";
  put(row);
  return held ? "held" : "new";
}

function update(known, row) {
  const moved = placeOf(known.dataset) !== placeOf(row.dataset);
  draw(known, row);
  delete known.dataset.gone;
  if ((moved || !isHome(known)) && !isNear()) put(known);
}

// What it says, in the place where it stands.
export function draw(known, row) {
  if (!row.hasAttribute("data-holder")) delete known.dataset.holder;
  for (const { name, value } of row.attributes) if (name !== "class") known.setAttribute(name, value);
  const [link, fresh] = [linkOf(known), linkOf(row)];
  for (const { name, value } of fresh.attributes) if (name !== "aria-current") link.setAttribute(name, value);
  known.dataset.uiHtml = row.innerHTML;
  link.replaceChildren(...fresh.childNodes);
}

// What changed its place under a hand goes there when the hand is gone or rests: the list reads as after a reload.
export function arrange() {
  if (!queue() || isNear()) return;
  for (const row of every()) {
    const before = row.previousElementSibling;
    if (!isHome(row) || before && isBefore(row, before)) put(row);
  }
}

// What is struck leaves when no hand is near the list, or when its leaving moves nothing.
export function prune() {
  const zone = scroller();
  const pinned = focusedRow();
  for (const row of document.querySelectorAll(".q-row[data-gone]:not([data-ui-undo])")) {
    if (row === pinned) continue;
    const isBelow = pinned && !queue().matches(":hover") && pinned.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING;
    const [top, height] = [zone?.scrollTop, row.offsetHeight];
    if (!isNear() || isBelow) row.remove();
    else if (top >= height) {
      row.remove();
      zone.scrollTop = top - height;
    }
  }
}

export const heldRows = () => [...document.querySelectorAll(".q-row[data-held]")];

export function next(step = 1) {
  const all = shown();
  const at = all.indexOf(focusedRow() ?? openRow());
  return all[Math.min(all.length - 1, Math.max(0, at + step))] ?? null;
}

// The next one to decide: after this row, otherwise the first.
export function following(row) {
  const all = [...document.querySelectorAll(".q-row:not([data-held])")];
  const after = all.slice(all.indexOf(row) + 1).find((other) => !("gone" in other.dataset));
  return after ?? shown().find((other) => other !== row) ?? null;
}

// A word about a row stands on it for a while, and moves nothing.
const TOLD_MS = 4000;
export function tell(row, words) {
  if (!row) return;
  row.dataset.uiSaid = words;
  setTimeout(() => delete row.dataset.uiSaid, TOLD_MS);
}
