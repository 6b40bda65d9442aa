// Live updates of the list: frames while connected, the whole list again after every connect.
import { counted, recount } from "./counts.js";
import { getFragment } from "../live/http.js";
import { onFrame } from "../live/live.js";
import { belongs } from "./order.js";
import { showPill } from "./pill.js";
import * as rows from "./rows.js";
export { showNew, showPill } from "./pill.js";

const AGAIN_MS = 5000;
let [stamp, shownAt, readAt, isOtherMoved] = [0, 0, performance.now(), false];
const [changedAt, leftAt] = [new Map(), new Map()];

onFrame("row", (frame) => {
  touched();
  const row = rows.parseRow(frame.html);
  if (!row || frame.version < (leftAt.get(frame.escalation) ?? 0)) return;
  row.dataset.rank ??= frame.rank;
  changedAt.set(frame.escalation, ++stamp);
  const [known, wanted] = [rows.rowOf(frame.escalation), listTab()];
  if (!wanted && !known) return;
  if (wanted && frame.tab && frame.tab !== wanted) {
    // In its old place it says whose it is now, until it goes from there.
    if (known && rows.versionOf(known) <= frame.version) rows.draw(known, row);
    return takeAway(known, frame.version, frame.tab);
  }
  // It stays on the list, which this filter or this page does not show all of.
  if (wanted && !belongs(row)) return takeAway(known, frame.version, wanted);
  const from = known?.dataset.gone ?? "";
  const how = rows.place(row);
  if (how === "new" || how === "held") counted(from, wanted);
  if (how === "held") showPill();
});

onFrame("gone", (frame) => {
  // What this person did themselves was counted with its answer.
  const isKnown = leftAt.get(frame.escalation) >= frame.version;
  leftAt.set(frame.escalation, frame.version);
  changedAt.set(frame.escalation, ++stamp);
  if (!isKnown) takeAway(rows.rowOf(frame.escalation), frame.version);
});

// Which list this is; none while it shows a search, which takes no rows by itself.
const listTab = () => document.getElementById("queue")?.dataset.tab ?? "";

// As the page came it need not come again; from the first thing that moves in it on it may.
function touched() { delete document.getElementById("queue")?.dataset.stamp; }

// On to the list `to`; to none, once nobody can decide it or it is not for this person to see.
export function takeAway(row, version, to = "") {
  touched();
  // What is on no list here left another one, and no frame says which: the counts are asked for again.
  isOtherMoved ||= !row || row.dataset.gone === "";
  if (!row || rows.versionOf(row) > version) return;
  leftAt.set(row.dataset.escalation, version);
  row.dataset.version = version;
  counted(row.dataset.gone ?? listTab(), to);
  if ("held" in row.dataset) row.remove();
  else row.dataset.gone = to;
  rows.prune();
  showPill();
}

export function bringBack(row) {
  if (!row || !("gone" in row.dataset)) return;
  touched();
  counted(row.dataset.gone, listTab());
  delete row.dataset.gone;
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
  Object.assign(queue.dataset, { from: fresh.dataset.from, to: fresh.dataset.to });
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
  const restOf = (list) => [...list.children].filter((child) => !child.matches(".q-part"));
  for (const child of restOf(queue)) if (!child.contains(document.activeElement)) child.remove();
  queue.append(...restOf(fresh).map((child) => document.importNode(child, true)));
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

setInterval(tidy, AGAIN_MS / 2);
document.addEventListener("focusout", () => setTimeout(rows.prune, 0));
