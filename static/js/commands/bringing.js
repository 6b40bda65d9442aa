// Brings on the screen what a press would send and what was not there yet: in the case, or in the table of many.
import { isOneAtATime } from "../desk/steps.js";

// A line that the floor cuts, up to EDGE of it, counted as there: so much of what stood there stands again under the head.
export const EDGE = 12;
const AGAIN_PX = 4 * EDGE;
const [ROWS, FOLDS] = ["tr[data-case]:not([data-out])", "tr:not([data-out]) details[data-leaves]:not([open])"];
const shares = new WeakMap();
export const boxOf = (one) => one.getBoundingClientRect();
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const isBelow = (one, end = floor()) => boxOf(one).bottom - EDGE > end;
export const shareOf = (one) => (shares.get(one)?.text === one.textContent ? shares.get(one).share : 0);

// Where the window ends for the case: with its pane, at the bar or a message of a phone, or at what is said at the foot of the pane.
export function floor() {
  const foot = all(".case-said").filter((said) => getComputedStyle(said).position === "sticky");
  const ends = [...foot, ...isOneAtATime() ? all(".bottom-bar, .messages") : []];
  const tops = ends.map(boxOf).filter((box) => box.height).map((box) => box.top);
  return Math.min(innerHeight, boxOf(document.getElementById("case")).bottom, ...tops);
}

export const inCase = () => ({
  zone: isOneAtATime() ? document.scrollingElement : document.getElementById("case"), end: floor, head: boxOf(document.querySelector(".case-bar")).bottom,
});

// The table of many ends at its buttons.
function inTable(table) {
  const [dialog, foot] = [table.closest("dialog"), table.querySelector("footer")];
  const end = () => Math.min(innerHeight, boxOf(foot).top);
  return { zone: dialog ?? document.scrollingElement, end, head: dialog ? boxOf(dialog).top : 0 };
}

// Of many cases every row that leaves is seen like the steps of one; what changed, or opens only now, also where it stands above.
export function unseenRows(table) {
  const [folds, place] = [all(FOLDS, table), inTable(table)];
  for (const fold of folds) fold.open = true, toRead(fold.closest("tr"));
  const hidden = all(ROWS, table).filter((row) => shareOf(row) < 1 && isOut(row, place));
  return hidden.length > 0 && bring(hidden, place) || folds.length > 0;
}

export const toRead = (row) => { row.dataset.uiUnread = ""; };
export const isOut = (one, { end, head }) => isBelow(one, end()) || "uiUnread" in one.dataset && boxOf(one).top < head;

// As many of them as fit; what is taller than the window comes as many times as it takes to its end.
export function bring(hidden, { zone, end, head } = inCase()) {
  if (!zone.matches("dialog")) document.querySelector("dialog[open]")?.close();
  const [[one], was, room] = [hidden, zone.scrollTop, end() - head];
  const { top, height } = boxOf(one), toEnd = boxOf(hidden.at(-1)).bottom - end() + room / 4;
  const toHead = top - head - Math.min(room / 8, room - height);
  const by = room > height ? Math.min(toHead, toEnd) : top + height * shareOf(one) - head - Math.max(room / 8, AGAIN_PX);
  if (isOut(one, { end, head })) zone.scrollBy({ top: by, behavior: "instant" });
  for (const each of hidden) {
    const box = boxOf(each), isAtEnd = each === one && zone.scrollTop === was;
    if (each === one || box.top >= head) shares.set(each, { text: each.textContent, share: isAtEnd ? 1 : (end() + EDGE - box.top) / box.height });
  }
  return true;
}
