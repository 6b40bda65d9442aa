// Late cases on the floor: picked with X or by hand, moved through with J and K, given with R, dragged onto a person.
import { say } from "../notices/announce.js";
import { openAt } from "./giving.js";

const tick = (row) => row?.querySelector(".pick input");
const picked = () => [...document.querySelectorAll(".floor-late .pick input:checked")].map((one) => one.value);

function mark(row) {
  row?.toggleAttribute("data-picked", Boolean(tick(row)?.checked));
}

// A morph must neither lose a tick nor the row that somebody is in.
export function keepRows() {
  const chosen = picked();
  const focused = document.activeElement?.closest("#board") && document.activeElement.id;
  return () => {
    for (const name of chosen) {
      const row = document.getElementById(`late-${name}`);
      if (tick(row)) tick(row).checked = true;
      mark(row);
    }
    if (drag?.ghost) show(drag);
    if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };
}

document.addEventListener("change", (event) => event.target.closest?.(".floor-late .pick") && mark(event.target.closest("tr")));

const KEYS = { j: () => step(1), k: () => step(-1), x: pick, r: () => given().length && openAt(given(), "", current()) };

document.addEventListener("keydown", (event) => {
  const act = document.getElementById("board") && KEYS[event.key.toLowerCase()];
  const isOff = event.ctrlKey || event.metaKey || event.altKey || document.documentElement.dataset.keys === "off";
  if (!act || isOff || event.target.closest?.("input:not([type=checkbox], [type=range]), textarea, select, dialog")) return;
  event.preventDefault();
  act();
});

const rows = () => [...document.querySelectorAll(".floor-late tbody tr")];
const current = () => document.activeElement?.closest?.(".floor-late tbody tr");

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
  mark(row);
  say(`${row.dataset.number} ${tick(row).checked ? "selected" : "not selected"}, ${picked().length} in all`);
}

// What is selected, or the row that somebody is in.
const given = () => (picked().length || !tick(current()) ? picked() : [current().dataset.case]);

// Dragging begins after some way, so that a click stays a click; Esc gives up.
const FAR_PX = 6;
let drag = null;

document.addEventListener("pointerdown", (event) => {
  const row = event.target.closest?.(".floor-late tbody tr");
  if (!row || !tick(row) || event.button || event.pointerType === "touch" || event.target.closest("a, button, input")) return;
  drag = { row, x: event.clientX, y: event.clientY, ghost: null, target: null };
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (!drag.ghost && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR_PX) return;
  drag.ghost ??= begin();
  drag.ghost.style.translate = `${event.clientX + 12}px ${event.clientY + 12}px`;
  aim(document.elementFromPoint(event.clientX, event.clientY)?.closest(".floor-people tbody tr") ?? null);
});

function begin() {
  const names = picked();
  const own = drag.row.dataset.case;
  drag.cases = names.includes(own) ? names : [own];
  show(drag);
  document.documentElement.classList.add("floor-dragging");
  getSelection()?.removeAllRanges();
  const ghost = document.createElement("div");
  ghost.className = "drag-ghost";
  ghost.textContent = drag.cases.length > 1 ? `${drag.cases.length} cases` : drag.row.dataset.number;
  document.body.append(ghost);
  return ghost;
}

function show({ cases, target }) {
  for (const name of cases) document.getElementById(`late-${name}`)?.setAttribute("data-dragged", "");
  target?.setAttribute("data-target", "");
}

function aim(row) {
  if (drag.target === row) return;
  drag.target?.removeAttribute("data-target");
  row?.setAttribute("data-target", "");
  drag.target = row;
}

function end(drop) {
  const done = drag;
  if (!done) return;
  if (done.ghost) aim(drop ? done.target : null);
  drag = null;
  done.ghost?.remove();
  document.documentElement.classList.remove("floor-dragging");
  for (const row of document.querySelectorAll("[data-dragged], [data-target]")) { row.removeAttribute("data-dragged"); row.removeAttribute("data-target"); }
  if (drop && done.ghost && done.target) openAt(done.cases, done.target.dataset.person, done.row);
}

document.addEventListener("pointerup", () => end(true));
document.addEventListener("pointercancel", () => end(false));
document.addEventListener("keydown", (event) => event.key === "Escape" && end(false));
