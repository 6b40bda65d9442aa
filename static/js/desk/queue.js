// Live updates of the list: frames while connected, the whole list again after every connect.
import { count, recount } from "./counts.js";
import { getFragment } from "../live/http.js";
import { onFrame } from "../live/live.js";
import { belongs } from "./order.js";
import { showPill } from "./pill.js";
import * as rows from "./rows.js";

export { showNew, showPill } from "./pill.js";

const AGAIN_MS = 15_000;
let [stamp, shownAt, readAt, isOtherMoved] = [0, 0, performance.now(), false];
const changedAt = new Map();
const leftAt = new Map();

onFrame("row", (frame) => {
  touched();
  const row = rows.parseRow(frame.html);
  if (!row || frame.version < (leftAt.get(frame.escalation) ?? 0)) return;
  row.dataset.rank ??= frame.rank;
  changedAt.set(frame.escalation, ++stamp);
  const [known, wanted] = [rows.rowOf(frame.escalation), listTab()];
  if (!wanted && !known) return;
  if (wanted && frame.tab && frame.tab !== wanted) return moveTo(frame.tab, known, frame.version);
  // It stays on the list, which this filter or this page does not show all of.
  if (wanted && !belongs(row)) return takeAway(known, frame.version, 0);
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
  if (known && !("gone" in known.dataset)) count(tab, 1);
  takeAway(known, version);
}

// As the page came it need not come again; from the first thing that moves in it on it may.
function touched() {
  delete document.getElementById("queue")?.dataset.stamp;
}

export function takeAway(row, version, by = -1) {
  touched();
  // What is on no list here left another one, and no frame says which: the counts are asked for again.
  isOtherMoved ||= !row || "gone" in row.dataset;
  if (!row || rows.versionOf(row) > version) return;
  row.dataset.version = version;
  if (!("gone" in row.dataset)) count(listTab(), by);
  if ("held" in row.dataset) row.remove();
  else row.dataset.gone = "";
  rows.prune();
  showPill();
}

export function bringBack(row) {
  if (!row || !("gone" in row.dataset)) return;
  touched();
  delete row.dataset.gone;
  count(listTab(), 1);
}

// Connect, reconnect and return from sleep are this one path. What a frame changed meanwhile is newer and stays.
export async function resync() {
  const queue = document.getElementById("queue");
  if (!queue?.dataset.listUrl) return;
  const asked = ++stamp;
  [readAt, isOtherMoved] = [performance.now(), false];
  const { listUrl, stamp: had } = queue.dataset;
  const fresh = (await getFragment(had ? `${listUrl}&had=${had}` : listUrl, "div#queue")).getElementById("queue");
  if (!fresh || asked < shownAt) return;
  shownAt = asked;
  touched();
  const listed = [...fresh.querySelectorAll(".q-row")];
  const names = new Set(listed.map((row) => row.dataset.escalation));
  for (const name of ["from", "to"]) queue.dataset[name] = fresh.dataset[name];
  for (const known of document.querySelectorAll(".q-row:not([data-gone])")) {
    const isNewer = (changedAt.get(known.dataset.escalation) ?? 0) > asked;
    if (!isNewer && !names.has(known.dataset.escalation)) takeAway(known, rows.versionOf(known));
  }
  for (const row of listed) {
    if ((changedAt.get(row.dataset.escalation) ?? 0) <= asked) rows.place(document.importNode(row, true));
  }
  replaceRest(queue, fresh);
  recount(fresh);
  showPill();
}

function replaceRest(queue, fresh) {
  const isRest = (child) => !child.matches(".q-part");
  for (const child of [...queue.children].filter(isRest)) if (!child.contains(document.activeElement)) child.remove();
  queue.append(...[...fresh.children].filter(isRest).map((child) => document.importNode(child, true)));
  htmx.process(queue);
}

// A filter and a page show less than is counted, and what falls due by time alone sends no frame.
function isPartial() {
  const { narrowed, from, to } = document.getElementById("queue")?.dataset ?? {};
  return Boolean(listTab() && (narrowed !== undefined || from || to));
}

// An emptied list asks the server what to say about it.
function tidy() {
  rows.prune();
  if (listTab() && listTab() !== "done") rows.arrange();
  if ((isOtherMoved || isPartial()) && !document.hidden && performance.now() - readAt > AGAIN_MS) return void resync().catch(() => {});
  const isEmptied = document.querySelector(".q-list") && !document.querySelector(".q-row, #queue > .empty");
  if (isEmptied) resync().catch(() => {});
}

setInterval(tidy, 5000);
document.addEventListener("focusout", () => setTimeout(rows.prune, 0));
