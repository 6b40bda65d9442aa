// What the browser's Back does: from a case to its list in one step, however many were decided on the way.
import * as rows from "./rows.js";

const LIST = "/inbox/";
const desk = () => document.querySelector(".desk[data-view]");
export const isOnList = () => location.pathname === LIST;

// Where there is room for one only.
export const isOneAtATime = () => matchMedia("(max-width: 52rem)").matches;
const view = () => desk()?.dataset.view;
export const isListAlone = () => isOneAtATime() && view() === "list";

// Another page is on its way because the hand asked for it: a step of ours would put an end to that. The next press is a
// new wish; what is only downloaded leads nowhere.
let isPageLeft = false;
addEventListener("beforeunload", () => { isPageLeft = true; });
for (const press of ["pointerdown", "keydown"]) addEventListener(press, () => { isPageLeft = false; }, { capture: true });
export const staysHere = () => !isPageLeft;

export function show(wanted) {
  if (!desk() || view() === wanted) return;
  desk().dataset.view = wanted;
  scrollTo(0, 0);
}

// What is asked for while somebody is here is not theirs any more elsewhere.
export const here = () => `${location.pathname} ${view()}`;

// The list stands in the address of a case too, so that a reload and whoever is sent it find the same beside it.
export function withList(address) {
  const shown = new URL(address, location.href);
  const { search } = new URL(document.getElementById("queue")?.dataset.listUrl ?? "", location.href);
  if (search && search !== "?tab=mine") shown.search = search;
  return shown;
}

// From the list a case is a step. From case to case it is one where somebody chose it beside the list; what follows a
// decision by itself takes the place of what was decided.
export function stepTo(address, isChosen) {
  const shown = withList(address);
  if (location.href === shown.href) return;
  const isStep = isOnList() || isChosen && !isOneAtATime();
  if (isStep) history.pushState({ below: isOnList() ? "list" : "case" }, "", shown);
  else history.replaceState(history.state, "", shown);
  return isStep;
}

export function stepToList() {
  if (isOnList() || isListAlone() || isPageLeft) return;
  showList();
  if (history.state?.below === "list") history.back();
  else history.replaceState({}, "", withList(LIST));
}

// Its address says what the list shows, also where that changed beside a case.
export function arriveAtList() {
  history.replaceState(history.state, "", withList(LIST));
  showList();
}

function showList() {
  const wasCase = view() === "case";
  show("list");
  if (wasCase && isOneAtATime()) (rows.linkOf(rows.openRow()) ?? document.querySelector(".q-row > a"))?.focus();
}

// How often a hand went to a case: whoever did so since a press is led nowhere by its answer.
let goings = 0;
export const go = () => { goings += 1; };
export const gone = () => goings;

// Which row of the list stands open.
export function mark(row) {
  for (const other of document.querySelectorAll(".q-row[data-opened]")) {
    delete other.dataset.opened;
    rows.linkOf(other).ariaCurrent = null;
  }
  if (!row) return;
  // What is open is seen on the list, also where it came while a hand was on it.
  delete row.dataset.held;
  row.dataset.opened = "";
  rows.linkOf(row).ariaCurrent = "true";
  row.scrollIntoView({ block: "nearest" });
}
