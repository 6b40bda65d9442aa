// Whether the hand may press: not while another case is on its way, nor before a new one or changed buttons were seen.
import { hint } from "../notices/hint.js";
import { unseen } from "../live/in_view.js";

const LOOK_MS = 400;
const READ_MS = 2000;
const LOST_MS = 8000;
const WORDS = {
  leaving: "Not done: another case is on its way.",
  opened: "Not done: this case opened just now. Look at it and press again.",
  stayed: "Not done: this case stayed open. Look at it and press again.",
  answered: "Not done: what you pressed before is on its way.",
  buttons: "Not done: the buttons changed just now. Press again.",
  text: "Not done: the case changed just now. Read it again.",
  compared: "Not done: what you typed before is just being compared. Look at it and press again.",
  hidden: "Not done: what is asked was out of view. Look at it and press again.",
};
const REGION = "#briefing :is(.acts, .asks, .bottom-bar)";

const briefing = () => document.getElementById("briefing");
let [pending, freshUntil] = [0, 0];

// Says why not.
export function mayPress(command = "", form = null) {
  const isComing = briefing()?.inert || "uiAhead" in (briefing()?.dataset ?? {});
  const why = isComing ? "leaving" : briefing()?.dataset.uiFresh ?? unseen(command, form);
  if (why === "hidden") hiddenJustNow();
  if (why) hint(WORDS[why]);
  return !why;
}

// Until `work` is done the open case is inert: what it brings must not come under a hand that presses for the one before.
// Where it stays after all, the hand that pressed for another one has to look as well.
export async function away(work) {
  const [left, was, focused] = [briefing(), briefing()?.dataset.escalation, document.activeElement];
  count(1);
  try {
    return await work();
  } finally {
    count(-1);
    if (!pending && left?.isConnected && left.contains(focused)) focused.focus({ preventScroll: true });
    if (!pending && was && briefing()?.dataset.escalation === was) look("stayed");
  }
}

function count(by) {
  pending += by;
  if (briefing()) briefing().inert = pending > 0;
}

// What stands where among the buttons that decide.
export const buttons = () => JSON.stringify([...document.querySelectorAll(`${REGION} .btn`)]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.textContent.trim(), one.disabled, one.getBoundingClientRect()]));

// What was answered takes no other press until the page says how it ended, or that does not come.
export async function answered() {
  look("answered");
  freshUntil = Infinity;
  await new Promise((shown) => {
    document.addEventListener("baton:swapped", shown, { once: true });
    setTimeout(shown, LOST_MS);
  });
  freshUntil = 0;
  look("buttons");
}

export const changedJustNow = () => hint(WORDS.text);
export const answerFirst = () => hint(WORDS.answered);

export const buttonsChanged = () => look("buttons");
export const hiddenJustNow = () => look("hidden");

// Counted from the paint: the time to look is not spent by a slow machine, or in a hidden tab.
function look(why, ms = LOOK_MS) {
  if (!briefing()?.dataset.escalation || performance.now() + ms < freshUntil) return;
  briefing().dataset.uiFresh = why;
  freshUntil = performance.now() + ms;
  requestAnimationFrame(() => requestAnimationFrame(() => {
    freshUntil = Math.max(freshUntil, performance.now() + ms);
    setTimeout(seen, ms);
  }));
}

function seen() { if (performance.now() >= freshUntil - 1) briefing()?.removeAttribute("data-ui-fresh"); }

function opened() {
  freshUntil = 0;
  look("opened");
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.(REGION) || mayPress()) return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("baton:opened", opened);
document.addEventListener("baton:other-text", () => look("text", READ_MS));
document.addEventListener("baton:swapped", () => count(0));
opened();
