// The heads between the parts of the list, and "3 of 14" in the open case: both say what is shown at this moment.
import { open, openEscalation } from "./briefing.js";
import { every, queue } from "./order.js";
import * as rows from "./rows.js";

const write = (place, words) => { if (place && place.textContent !== words) place.textContent = words; };
const goesOn = () => queue()?.querySelector("[data-more]") ? "+" : "";

function heads() {
  const parts = [...(queue()?.querySelectorAll(".q-part") ?? [])];
  const counts = new Map(parts.map((part) => [part, rows.shown().filter((row) => part.contains(row)).length]));
  const last = parts.filter((part) => part.dataset.part !== "others" && counts.get(part)).at(-1);
  for (const [part, shown] of counts) write(part.querySelector(".n"), `${shown}${part === last ? goesOn() : ""}`);
}

// Where the open case stands among the others. It keeps its place until its row has left, struck or not.
function line() {
  const row = rows.rowOf(openEscalation());
  const all = every().filter((one) => !("held" in one.dataset) && (one === row || !("gone" in one.dataset)));
  const at = all.indexOf(row);
  return { all, at, next: all[at + 1], previous: all[at - 1] };
}

function walk() {
  const bar = document.querySelector(".walk");
  if (!bar) return;
  const { all, at, ...ways } = line();
  bar.hidden = !ways.next && !ways.previous;
  write(bar.querySelector(".at"), at < 0 ? `${all.length}${goesOn()} in the list` : `${at + 1} of ${all.length}${goesOn()}`);
  for (const button of bar.querySelectorAll("button")) button.disabled = !ways[button.dataset.walk];
}

document.addEventListener("click", ({ target }) => {
  const row = line()[target.closest(".walk button")?.dataset.walk];
  if (row) open(row);
});

const show = () => { heads(); walk(); };

const zone = document.querySelector(".q-scroll");
if (zone) {
  new MutationObserver(show).observe(zone, { childList: true, subtree: true, attributeFilter: ["data-gone", "data-held"] });
  document.addEventListener("baton:swapped", show);
  show();
}
