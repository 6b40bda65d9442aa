// A key decides only what stands on the screen: the open, focused case, with its brief in view.
import { say } from "../notices/announce.js";
import { briefing, open, openEscalation } from "./briefing.js";
import { press } from "../commands/commands.js";
import { OWN_KEYS } from "../commands/verbs.js";
import { hint } from "../notices/hint.js";
import { hiddenJustNow, mayPress } from "./hand.js";
import * as rows from "./rows.js";
import { awaitField } from "./typing.js";

const APPROVE = '#briefing :is(.acts, .bottom-bar) :is(form[data-command="approve"] button, [data-key="a"])';
let armed = "";

export function disarm() {
  armed = "";
  briefing()?.removeAttribute("data-ui-armed");
}

function isBriefSeen() {
  const brief = document.getElementById("brief");
  if (!brief) return true;
  const { top, bottom, height } = brief.getBoundingClientRect();
  return bottom > 120 && top > -height / 2 && top < innerHeight - 120;
}

// On another row the first press opens it. Answers whether the key may go on.
function isOnOpenCase(word) {
  const row = rows.focusedRow();
  if (!row || "opened" in row.dataset || briefing().inert) return mayPress();
  const { escalation } = row.dataset;
  // Said of what stands there, not of what could not be opened.
  open(row).then(() => openEscalation() === escalation && hint(`Opened. Press again to ${word}.`, escalation));
  rows.linkOf(row).focus({ preventScroll: true });
  return false;
}

// Who has it, or how it ended, is why.
function cannot(otherwise) {
  if (!openEscalation()) return;
  const stands = briefing().querySelector("[data-stands]");
  const words = stands?.textContent.replace(/\s+/g, " ").trim();
  hint(words ? `${stands.closest(".decided") ? "It is over" : "Not done"}: ${words}` : otherwise);
}

export function approve() {
  const button = visible(APPROVE);
  if (!button) return cannot("There is nothing to approve here now.");
  if (!isOnOpenCase("approve")) return;
  const { escalation, version } = briefing().dataset;
  const seen = `${escalation} ${version}`;
  if (armed !== seen && !isBriefSeen()) {
    armed = seen;
    document.getElementById("brief").scrollIntoView({ block: "start" });
    briefing().dataset.uiArmed = "";
    hiddenJustNow();
    const key = OWN_KEYS.approve?.toUpperCase();
    return say(`Brief brought back into view. Press ${key ? `${key} ` : ""}again to approve.`);
  }
  disarm();
  press(button, "key");
  if (briefing()?.dataset.uiFresh === "hidden") armed = seen; // What it brought up is not taken away again.
}

export function use(key, word, button = visible(`#briefing [data-key="${key}"]`) ?? behindMore(key)) {
  const isLeaving = briefing()?.inert;
  if (!button) return cannot(`You cannot ${word} here now.`);
  if (isOnOpenCase(word)) press(button, "key");
  else if (!isLeaving && "opens" in button.dataset) awaitField(key);
}

// Where the case stands alone, what the bar has no room for lies in a dialog that is shut; by key it is pressed all the same.
const behindMore = (key) => visible("#briefing .bottom-bar [data-opens=more-dialog]")
  && document.querySelector(`#more-dialog [data-key="${key}"]:not(:disabled)`);

const visible = (selector) => [...document.querySelectorAll(selector)].find((one) => one.checkVisibility() && !one.disabled);

document.addEventListener("baton:swapped", disarm);
