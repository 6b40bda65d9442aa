// Late cases on the floor: picked with X or by hand, moved through with J and K, given with R, dragged onto a person.
import { say } from "../notices/announce.js";

const rows = () => [...document.querySelectorAll(".floor-late tbody tr")];
const current = () => document.activeElement?.closest?.(".floor-late tbody tr");
const tick = (row) => row?.querySelector(".pick input");
const picked = () => rows().filter((row) => tick(row)?.checked).map((row) => row.dataset.case);

// The dialog opens once it is filled: the browser then knows where the focus goes back to, and puts it on `autofocus`.
document.addEventListener("htmx:after:settle", ({ target }) => {
  const dialog = target.id === "floor-dialog-body" && target.closest("dialog:not([open])");
  if (dialog) dialog.showModal();
});

function give(cases, to = "") {
  const query = new URLSearchParams([...cases.map((name) => ["case", name]), ["to", to]]);
  htmx.ajax("GET", `/floor/reassign/?${query}`, { source: "baton-floor" });
}

const KEYS = { j: () => step(1), k: () => step(-1), x: pick, r: () => given().length && give(given()) };

document.addEventListener("keydown", (event) => {
  const act = document.getElementById("board") && KEYS[event.key.toLowerCase()];
  const isOff = event.ctrlKey || event.metaKey || event.altKey || document.documentElement.dataset.keys === "off";
  if (!act || isOff || event.target.closest?.("input:not([type=checkbox], [type=range]), textarea, select, dialog")) return;
  event.preventDefault();
  act();
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

// A row that is selected is dragged with all the others that are.
let drag = null;

document.addEventListener("dragstart", ({ target, dataTransfer }) => {
  if (!target.matches?.(".floor-late tbody tr")) return;
  const own = target.dataset.case;
  const cases = picked().includes(own) ? picked() : [own];
  const ghost = Object.assign(document.createElement("div"), { className: "drag-ghost" });
  ghost.textContent = cases.length > 1 ? `${cases.length} cases` : target.dataset.number;
  document.body.append(ghost);
  dataTransfer.setDragImage(ghost, -12, -12);
  dataTransfer.setData("text/plain", ghost.textContent);
  for (const name of cases) document.getElementById(`late-${name}`).dataset.dragged = "";
  drag = { cases, ghost, row: target };
  // On the row itself: it may be gone from the board by then.
  target.addEventListener("dragend", end, { once: true });
});

const aimed = (event) => drag && event.target.closest?.(".floor-people tbody tr");

for (const kind of ["dragenter", "dragover"]) document.addEventListener(kind, (event) => {
  const row = aimed(event);
  aim(row);
  if (row) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  const row = aimed(event);
  if (!row) return;
  event.preventDefault();
  drag.row.querySelector("th a").focus({ preventScroll: true });
  give(drag.cases, row.dataset.person);
});

function aim(row) {
  for (const other of document.querySelectorAll("[data-target]")) if (other !== row) delete other.dataset.target;
  if (row) row.dataset.target = "";
}

function end() {
  aim(null);
  drag.ghost.remove();
  drag = null;
  for (const row of document.querySelectorAll("[data-dragged]")) delete row.dataset.dragged;
}
