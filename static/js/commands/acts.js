// What single keys and the palette do besides pressing the buttons of the open case, by name.
import { check, tick, undoLot } from "./batch.js";
import { press } from "./commands.js";
import { lookUp } from "./looking_up.js";
import { isDeciding } from "./on_its_way.js";
import { offerReplies } from "./replies.js";
import { say } from "../notices/announce.js";
import { undoComes } from "../desk/hand.js";
import { open } from "../desk/briefing.js";
import { approve } from "../desk/guard.js";
import { takeNext } from "../desk/next.js";
import { openPlace } from "../desk/panels.js";
import { whyHere } from "../desk/place.js";
import { showNew } from "../desk/queue.js";
import * as rows from "../desk/rows.js";

function move(step) {
  let row = rows.next(step);
  if (row === rows.focusedRow() && rows.heldRows().length) {
    showNew();
    row = rows.next(step);
  }
  rows.linkOf(row)?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}

function openNext() {
  const row = rows.following(rows.openRow() ?? rows.focusedRow());
  if (!row) return say("No further case");
  open(row);
  rows.linkOf(row).focus({ preventScroll: true });
}

function select() { tick(rows.focusedRow() ?? rows.openRow()); }

// The last decision, or the decided case that is open. What is on its way is the last one, and is undone once it is done.
function undo() {
  if (isDeciding()) {
    document.addEventListener("baton:settled", undoSettled, { once: true });
    return undoComes();
  }
  if (undoLot()) return;
  const button = [...document.querySelectorAll('#briefing form[data-command="undo"] button')].find((one) => one.checkVisibility());
  if (document.querySelector("#toasts [data-act=undo]") || !button) document.getElementById("toasts")?.undo();
  else press(button, "key");
}

const undoSettled = ({ detail: isDone }) => isDone && undo();

function search() {
  const field = document.querySelector('.zone-list input[type="search"], main input[type="search"]');
  const fold = field?.closest("details");
  if (fold) fold.open = true;
  field?.checkVisibility() ? field.focus() : openPlace("palette");
}

// Approving looks first whether the brief is seen; undoing has no button but in what was decided.
export const acts = {
  "next-case": () => move(1),
  "previous-case": () => move(-1),
  "take-next": () => takeNext() || openNext(),
  offer: () => document.querySelector("baton-offers")?.goTo(),
  "why-here": () => void whyHere(),
  select,
  many: () => check(),
  replies: () => void offerReplies(),
  "look-up": lookUp,
  search,
  help: () => openPlace("help"),
  approve,
  undo,
};
