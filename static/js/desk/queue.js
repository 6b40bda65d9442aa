// Live updates of the list: frames while connected, the whole list again after every connect.
import { say } from "../notices/announce.js";
import { count, recount } from "./counts.js";
import { getFragment } from "../live/http.js";
import { onFrame } from "../live/live.js";
import * as rows from "./rows.js";

const pill = () => document.querySelector(".new-pill");
let [stamp, shownAt] = [0, 0];
const changedAt = new Map();
const leftAt = new Map();

onFrame("row", (frame) => {
  const row = rows.parseRow(frame.html);
  if (!row || frame.version < (leftAt.get(frame.escalation) ?? 0)) return;
  row.dataset.rank ??= frame.rank;
  changedAt.set(frame.escalation, ++stamp);
  const known = rows.rowOf(frame.escalation);
  const wanted = listTab();
  if (!wanted && !known) return;
  if (wanted && frame.tab && frame.tab !== wanted) return moveTo(frame.tab, known, frame.version);
  const how = rows.place(row);
  if (how === "new" || how === "held") count(wanted, 1);
  if (how === "held") showPill();
});

onFrame("gone", (frame) => {
  leftAt.set(frame.escalation, frame.version);
  changedAt.set(frame.escalation, ++stamp);
  takeAway(rows.rowOf(frame.escalation), frame.version);
});

// Which list this is; none while it shows a search, which takes no rows by itself.
const listTab = () => document.getElementById("queue")?.dataset.tab ?? "";

function moveTo(tab, known, version) {
  if (!known || "gone" in known.dataset) return;
  takeAway(known, version);
  count(tab, 1);
}

export function takeAway(row, version) {
  if (!row || rows.versionOf(row) > version) return;
  row.dataset.version = version;
  if (!("gone" in row.dataset)) count(listTab(), -1);
  if ("held" in row.dataset) row.remove();
  else row.dataset.gone = "";
  rows.prune();
  showPill();
}

export function bringBack(row) {
  if (!row || !("gone" in row.dataset)) return;
  delete row.dataset.gone;
  count(listTab(), 1);
}

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

// Connect, reconnect and return from sleep are this one path. What a frame changed meanwhile is newer and stays.
export async function resync() {
  const queue = document.getElementById("queue");
  if (!queue?.dataset.listUrl) return;
  const asked = ++stamp;
  const fresh = (await getFragment(queue.dataset.listUrl, "div#queue")).getElementById("queue");
  if (!fresh || asked < shownAt) return;
  shownAt = asked;
  const listed = [...fresh.querySelectorAll(".q-row")];
  const isWhole = !fresh.querySelector("[data-more]");
  const names = new Set(listed.map((row) => row.dataset.escalation));
  const last = listed.at(-1);
  for (const known of document.querySelectorAll(".q-row:not([data-gone])")) {
    const isInRange = isWhole || (last && Number(known.dataset.rank) <= Number(last.dataset.rank));
    const isNewer = (changedAt.get(known.dataset.escalation) ?? 0) > asked;
    if (isInRange && !isNewer && !names.has(known.dataset.escalation)) takeAway(known, rows.versionOf(known));
  }
  for (const row of listed) {
    if ((changedAt.get(row.dataset.escalation) ?? 0) <= asked) rows.place(document.importNode(row, true));
  }
  replaceRest(queue, fresh);
  recount(fresh);
  showPill();
}

function replaceRest(queue, fresh) {
  const isRest = (child) => !child.matches(".q-list");
  for (const child of [...queue.children].filter(isRest)) if (!child.contains(document.activeElement)) child.remove();
  queue.append(...[...fresh.children].filter(isRest).map((child) => document.importNode(child, true)));
  htmx.process(queue);
}

// An emptied list asks the server what to say about it.
function tidy() {
  rows.prune();
  if (listTab() && listTab() !== "done") rows.arrange();
  const isEmptied = document.querySelector(".q-list") && !document.querySelector(".q-row, #queue > .empty");
  if (isEmptied) resync().catch(() => {});
}

setInterval(tidy, 5000);
document.addEventListener("focusout", () => setTimeout(rows.prune, 0));
