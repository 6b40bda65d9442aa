// Cases on the floor: picked, moved through, given and spread, by keys or by hand.
import { say } from "../notices/announce.js";
import { onKeys } from "./hearing.js";

const rows = () => [...document.querySelectorAll(".floor-late tbody tr")];
const current = () => document.activeElement?.closest?.(".floor-late tbody tr");
const tick = (row) => row?.querySelector(".pick input");
export const picked = () => rows().filter((row) => tick(row)?.checked).map((row) => row.dataset.case);

// The dialog opens once it is filled: the browser then knows where the focus goes back to, and puts it on `autofocus`.
document.addEventListener("htmx:after:settle", ({ target }) => {
  const dialog = target.id === "floor-dialog-body" && target.closest("dialog:not([open])");
  if (dialog) dialog.showModal();
});

export function give(cases, to = "") {
  const query = new URLSearchParams([...cases.map((name) => ["case", name]), ["to", to]]);
  htmx.ajax("GET", `/floor/reassign/?${query}`, { source: "baton-floor" });
}

onKeys({
  "next-case": () => step(1),
  "previous-case": () => step(-1),
  select: pick,
  "floor-give": () => given().length && give(given()),
  "floor-spread": () => document.getElementById("spread")?.click(),
});

// The rows of the part that the hand is in: of cases, people, queues, or what is raised; of cases where it is in none.
function lines() {
  const part = document.activeElement?.closest?.("#board section") ?? document.getElementById("late");
  return [...part.querySelectorAll("tbody tr, .facts > li")].filter((line) => line.querySelector("a") && line.checkVisibility());
}

function step(by) {
  const all = lines();
  const at = all.findIndex((line) => line.contains(document.activeElement));
  const line = all[Math.max(0, Math.min(all.length - 1, at + by))];
  (line?.querySelector("th a") ?? line?.querySelector("a"))?.focus();
}

// Into a part of the board: to its head, from where the same keys go through its rows. No new address.
document.addEventListener("click", (event) => {
  const head = document.getElementById(event.target.closest(".parts a")?.hash.slice(1));
  if (!head) return;
  event.preventDefault();
  head.closest("section").scrollIntoView({ block: "nearest" });
  head.scrollIntoView({ block: "nearest" });
  head.focus();
});

function pick() {
  const row = current();
  if (!tick(row)) return;
  tick(row).checked = !tick(row).checked;
  say(`${row.dataset.number} ${tick(row).checked ? "selected" : "not selected"}, ${picked().length} in all`);
}

// What is selected, or the row that somebody is in.
const given = () => (picked().length || !tick(current()) ? picked() : [current().dataset.case]);
