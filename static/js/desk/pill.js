// "2 new": what came while a hand was on the list waits behind this pill.
import { say } from "../notices/announce.js";
import * as rows from "./rows.js";

const pill = () => document.querySelector(".new-pill");

export function showPill() {
  const count = rows.heldRows().length;
  if (!pill()) return;
  if (count && !rows.shown().length) return showNew();
  const words = `${count} new`;
  if (count && pill().textContent !== words) say(`${count} new ${count === 1 ? "case" : "cases"}`);
  pill().textContent = words;
  pill().hidden = count === 0;
}

export function showNew() {
  const shown = rows.heldRows();
  for (const row of shown) delete row.dataset.held;
  if (pill()) pill().hidden = true;
  const zone = document.querySelector(".q-scroll");
  if (zone) zone.scrollTop = 0;
  // The pressed pill is gone, and the focus must not fall to the top of the page.
  if (document.activeElement === document.body) rows.linkOf(shown[0])?.focus({ preventScroll: true });
  if (shown.length) say(`${shown.length} new ${shown.length === 1 ? "case" : "cases"} shown`);
}
