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

function step(by) {
  const all = rows();
  const at = all.indexOf(current());
  const row = all[Math.max(0, Math.min(all.length - 1, at + by))];
  row?.querySelector("th a")?.focus();
}

function pick() {
  const row = current();
  if (!tick(row)) return;
  tick(row).checked = !tick(row).checked;
  say(`${row.dataset.number} ${tick(row).checked ? "selected" : "not selected"}, ${picked().length} in all`);
}

// What is selected, or the row that somebody is in.
const given = () => (picked().length || !tick(current()) ? picked() : [current().dataset.case]);
