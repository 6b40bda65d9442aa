// Who else has a case of the list open: a mark on its row says whether they look at it, are away from it, or type.
import { connection, onFrame } from "./live.js";

const WORDS = {
  looking: "is looking at it",
  away: "has it open, looking elsewhere",
  editing: "is editing it",
  typing: "is typing in it",
};
const SHOWN_MAX = 3;
const present = new Map();

onFrame("present", ({ cases }) => {
  for (const [escalation, viewers] of Object.entries(cases)) {
    const others = viewers.filter(({ id }) => id !== document.body.dataset.user);
    others.length ? present.set(escalation, others) : present.delete(escalation);
    paint(document.getElementById(`row-${escalation}`));
  }
});

// Nobody is known to be there any more; a new connection is told anew who is.
connection.addEventListener("closed", () => {
  present.clear();
  paintAll();
});

function paintAll() { for (const row of document.querySelectorAll(".q-row")) paint(row); }

function paint(row) {
  const place = row?.querySelector(".viewers");
  const others = present.get(row?.dataset.escalation) ?? [];
  const stamp = others.map(({ id, state }) => `${id} ${state}`).join();
  if (!place || (place.dataset.uiPresent ?? "") === stamp) return;
  place.dataset.uiPresent = stamp;
  for (const mark of place.querySelectorAll("[data-ui-viewer]")) mark.remove();
  const holder = place.querySelector("[data-person]");
  const held = others.find(({ id }) => id === holder?.dataset.person);
  if (holder) held ? (holder.dataset.seen = held.state) : delete holder.dataset.seen;
  if (holder) label(holder, held ? `${held.name} holds it, ${WORDS[held.state]}` : holder.title.split(",")[0]);
  place.append(...others.filter((one) => one !== held).slice(0, SHOWN_MAX).map(markOf));
}

function markOf({ name, initials, state }) {
  const mark = document.createElement("span");
  mark.className = "who sm";
  mark.role = "img";
  mark.textContent = initials;
  Object.assign(mark.dataset, { seen: state, uiViewer: "" });
  label(mark, `${name} ${WORDS[state]}`);
  return mark;
}

const label = (mark, words) => Object.assign(mark, { ariaLabel: words, title: words });

// Rows come and are drawn anew in several ways; what is painted already stays.
const list = document.querySelector(".q-scroll");
if (list) new MutationObserver(paintAll).observe(list, { childList: true, subtree: true });
