// Cases on the floor dragged onto a person: the page scrolls at its edges and people stay in view.
import { give, picked } from "./picking.js";

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
  drag = { cases, ghost, row: target, at: null };
  // Only then: a browser gives up dragging where the page changes in its first moment.
  setTimeout(() => { if (drag) document.querySelector("baton-floor").dataset.dragging = ""; });
  requestAnimationFrame(scroll);
  // On the row itself: it may be gone from the board by then.
  target.addEventListener("dragend", end, { once: true });
});

const EDGE = 72;
const STEP = 18;

const aimed = (event) => drag && event.target.closest?.(".floor-people tbody tr");

for (const kind of ["dragenter", "dragover"]) document.addEventListener(kind, (event) => {
  const row = aimed(event);
  aim(row);
  if (row) event.preventDefault();
  if (drag) drag.at = event;
});

// Near an edge of the page, or of the part that scrolls by itself, it moves on, as long as the hand rests there.
function scroll() {
  if (!drag) return;
  if (drag.at) roll(drag.at);
  requestAnimationFrame(scroll);
}

function roll({ target, clientY }) {
  const part = target.closest?.(".floor-scroll, #people");
  const box = part && part.scrollHeight > part.clientHeight ? part.getBoundingClientRect() : null;
  const [top, bottom] = box ? [Math.max(0, box.top), Math.min(innerHeight, box.bottom)] : [0, innerHeight];
  const by = clientY < top + EDGE ? -STEP : clientY > bottom - EDGE ? STEP : 0;
  if (!by) return;
  const before = part?.scrollTop;
  if (box) part.scrollTop += by;
  if (!box || part.scrollTop === before) scrollBy(0, by);
}

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
  delete document.querySelector("baton-floor").dataset.dragging;
  for (const row of document.querySelectorAll("[data-dragged]")) delete row.dataset.dragged;
}
