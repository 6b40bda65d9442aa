// What this hand looks up comes into view, however it was pressed; nothing else is moved for it.
import { use } from "../desk/guard.js";
import { hint } from "../notices/hint.js";

// So long a second press of the key is the same press, whatever came of the first.
const ASKED_MS = 1000;
const askedAt = new Map();
let looked = "";

// One that is under way is not asked again: the key goes on to the next.
export function lookUp() {
  const there = [...document.querySelectorAll("#look-ups .look-up")];
  const free = there.filter((one) => !isAsked(one) && one.querySelector('[data-key="u"]'));
  // What failed is tried again once nothing is left that was not looked up.
  const next = free.find(({ dataset: { result } }) => !result) ?? free[0];
  if (next || !there.some((one) => one.querySelector("form"))) {
    return use("u", "look anything up", next?.querySelector('[data-key="u"]'));
  }
  hint(there.some(isAsked) ? "It is being looked up." : "All of it is looked up; a button reads it again.");
}

const isAsked = (one) => one.dataset.result === "asking" || performance.now() < (askedAt.get(one.id) ?? -Infinity) + ASKED_MS;

document.addEventListener("submit", ({ target }) => {
  const place = target.closest(".look-up");
  if (!place) return;
  looked = place.id;
  askedAt.set(looked, performance.now());
  show();
});
// The hand has gone on to look at something else.
for (const gone of ["wheel", "touchmove", "baton:opened"]) document.addEventListener(gone, () => { looked = ""; }, { passive: true });
document.addEventListener("htmx:after:swap", show);

function show() {
  const place = looked && document.getElementById(looked);
  if (!place) return;
  place.scrollIntoView({ block: "nearest" });
  if (["read", "failed"].includes(place.dataset.result) && !isAsked(place)) looked = "";
}
