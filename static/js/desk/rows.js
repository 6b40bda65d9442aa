// The rows of the queue: found, put at their rank, brought up to date, taken away. Nothing here moves the focus.
const list = () => document.querySelector(".q-list");
const scroller = () => document.querySelector(".q-scroll");

export const rowOf = (escalation) => document.getElementById(`row-${escalation}`);
export const linkOf = (row) => row?.querySelector(":scope > a");
export const shown = () => [...document.querySelectorAll(".q-row:not([data-gone], [data-held])")];
export const openRow = () => document.querySelector(".q-row[data-open]");
export const focusedRow = () => document.activeElement?.closest?.(".q-row") ?? null;
export const versionOf = (element) => Number(element?.dataset.version ?? 0);

// A hand is on the list while the focus or the pointer is inside it or it is scrolled; then nothing in it may move.
function isUnderHand() {
  if (list()?.matches(":hover") && matchMedia("(hover: hover)").matches) return true;
  const zone = scroller();
  const scrolls = zone && zone.scrollHeight > zone.clientHeight;
  const scrolled = scrolls ? zone.scrollTop > 4 : zone && scrollY > 4 && zone.offsetParent !== null;
  return scrolled || (list()?.contains(document.activeElement) ?? false);
}

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
  const place = list();
  if (!place) return "old";
  const held = isUnderHand() && shown().length > 0;
  if (held) row.dataset.held = "";
  place.insertBefore(row, firstAfter(row));
  return held ? "held" : "new";
}

function update(known, row) {
  const moved = known.dataset.rank !== row.dataset.rank || isOffered(known) !== isOffered(row);
  for (const { name, value } of row.attributes) if (name !== "class") known.setAttribute(name, value);
  delete known.dataset.gone;
  const [link, fresh] = [linkOf(known), linkOf(row)];
  for (const { name, value } of fresh.attributes) if (name !== "aria-current") link.setAttribute(name, value);
  known.dataset.uiHtml = row.innerHTML;
  link.replaceChildren(...fresh.childNodes);
  if (moved && !isUnderHand()) list().insertBefore(known, firstAfter(known));
}

function firstAfter(row) {
  for (const other of list().children) if (other !== row && isBefore(row, other)) return other;
  return null;
}

// On the list "for me" what is offered to one stands before all else.
const isOffered = (row) => row.dataset.state === "offered" && document.getElementById("queue")?.dataset.tab === "mine";

function isBefore(row, other) {
  if (isOffered(row) !== isOffered(other)) return isOffered(row);
  const [x, y] = [Number(row.dataset.rank), Number(other.dataset.rank)];
  return x === y ? Number(row.dataset.number) < Number(other.dataset.number) : x < y;
}

// What changed its place under a hand goes there when the hand is gone: the list reads as after a reload.
export function arrange() {
  if (!list() || isUnderHand()) return;
  for (const row of [...list().children]) {
    const before = row.previousElementSibling;
    if (before && isBefore(row, before)) list().insertBefore(row, firstAfter(row));
  }
}

// What is struck leaves when no hand is on the list, or when its leaving moves nothing.
export function prune() {
  const zone = scroller();
  const pinned = focusedRow();
  for (const row of document.querySelectorAll(".q-row[data-gone]:not([data-ui-undo])")) {
    if (row === pinned) continue;
    const isBelow = pinned && !list().matches(":hover") && pinned.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING;
    const [top, height] = [zone?.scrollTop, row.offsetHeight];
    if (!isUnderHand() || isBelow) row.remove();
    else if (top >= height) {
      row.remove();
      zone.scrollTop = top - height;
    }
  }
}

export const heldRows = () => [...document.querySelectorAll(".q-row[data-held]")];

export function next(step = 1) {
  const list = shown();
  const from = focusedRow() ?? openRow();
  const at = list.indexOf(from);
  return list[Math.min(list.length - 1, Math.max(0, at + step))] ?? null;
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
