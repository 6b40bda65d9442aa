// Where a row stands: on this page or another, under which head, before which other. The same lines as the server's.
import { now, secondsUntil } from "../live/time.js";

export const queue = () => document.getElementById("queue");
export const every = () => [...(queue()?.querySelectorAll(".q-row") ?? [])];

// What waits for others after one's own part, what needs somebody soon by its rank, and the rest.
function groupOf({ dataset }) {
  const { me, soon } = queue().dataset;
  const isFree = dataset.state === "waiting" || dataset.state === "second";
  if (isFree && dataset.parts?.split(" ").includes(me)) return "others";
  return placeOf(dataset) <= (now() + soon * 1000) * 1000 ? "now" : "next";
}

export const homeOf = (row) =>
  queue()?.querySelector(`.q-list[data-group="${groupOf(row)}"]`) ?? queue()?.querySelector(".q-list");

export const isHome = (row) => homeOf(row) === row.parentElement;

// Whether the filter of this list takes it, and this page of the list.
export function belongs(row) {
  const { level, taskType, urgency } = queue().dataset;
  if (level && level !== row.dataset.level || taskType && taskType !== row.dataset.taskType) return false;
  const isTicking = row.dataset.state !== "snoozed";
  if (urgency && !(isTicking && secondsUntil(row.dataset.due) < (urgency === "late" ? 0 : 3600))) return false;
  return isOfPage(row);
}

function isOfPage(row) {
  const { from, to } = queue().dataset;
  if (to && homeOf(row).dataset.group === "others") return false;
  return (!from || isAfter(row, from) || homeOf(row).dataset.group === "others") && !(to && isAfter(row, to));
}

function isAfter({ dataset }, key) {
  const [place, number] = key.split(".").map(Number);
  return placeOf(dataset) === place ? Number(dataset.number) > number : placeOf(dataset) > place;
}

// On the list "for me" what is offered to one stands after the alerts, whose ranks are below zero, before all else.
export function placeOf({ rank, state }) {
  return state === "offered" && queue().dataset.tab === "mine" ? Math.min(Number(rank), 0) : Number(rank);
}

export const isBefore = (row, { dataset }) => !isAfter(row, `${placeOf(dataset)}.${dataset.number}`);

// Into its list, at its place.
export function put(row) {
  const home = homeOf(row);
  const after = [...home.children].find((other) => other !== row && isBefore(row, other)) ?? null;
  home.insertBefore(row, after);
}
