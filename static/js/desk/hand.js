// Whether the hand may press: not while another case is on its way, nor before a new one or changed buttons were seen.
import { hint } from "../notices/hint.js";
import { unseen } from "../live/in_view.js";
import { unseenRows } from "../commands/bringing.js";
import { isOnItsWay } from "../commands/on_its_way.js";
import { Look } from "../notices/look.js";

const READ_MS = 2000;
const LOST_MS = 8000;
const WORDS = {
  leaving: "Not done: another case is on its way.",
  came: "Not done: this came up just now. Look at it and press again.",
  opened: "Not done: this case opened just now. Look at it and press again.",
  stayed: "Not done: this case stayed open. Look at it and press again.",
  table: "Not done: the table of many is on its way.",
  answered: "Not done: what you pressed before is on its way.",
  buttons: "Not done: the buttons changed just now. Press again.",
  text: "Not done: the case changed just now. Read it again.",
  compared: "Not done: what you typed before is just being compared. Look at it and press again.",
  hidden: "Not done: what is asked was out of view. Look at it and press again.",
};
const REGION = "#briefing :is(.acts, .asks, .bottom-bar)";
const briefing = () => document.getElementById("briefing");
const isTableComing = () => document.querySelector(".q-many form.htmx-request");
const isSent = () => isOnItsWay(briefing()?.dataset.escalation);

let pending = 0;

// Says why not.
export function mayPress(command = "", form = null) {
  const isComing = briefing()?.inert || "uiAhead" in (briefing()?.dataset ?? {});
  const why = isComing ? "leaving" : isTableComing() ? "table" : isSent() ? "answered" : atCase.why ?? unseen(command, form);
  if (why === "hidden") hiddenJustNow();
  if (why) hint(WORDS[why]);
  return !why;
}

// The same of the table of many, and of what came of it.
export function mayPressMany(table) {
  const why = atMany.why ?? (unseenRows(table) ? "hidden" : undefined);
  if (why === "hidden") atMany.look(why);
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
    if (!pending && was && briefing()?.dataset.escalation === was) atCase.look("stayed");
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
  atCase.look("answered");
  atCase.until = Infinity;
  await new Promise((shown) => {
    document.addEventListener("baton:swapped", shown, { once: true });
    setTimeout(shown, LOST_MS);
  });
  atCase.until = 0;
  atCase.look("buttons");
}

export const changedJustNow = () => hint(WORDS.text);
export const answerFirst = () => hint(WORDS.answered);
export const undoComes = () => hint("Your undo is sent as soon as the answer is there.");
export const buttonsChanged = () => atCase.look("buttons");
export const hiddenJustNow = () => atCase.look("hidden");

const atCase = new Look(() => briefing()?.dataset.escalation && briefing());
const atMany = new Look(() => document.getElementById("batch-dialog") ?? document.getElementById("main"));
export const manyCame = () => atMany.look("came");
export const manyChanged = () => atMany.look("text", READ_MS);

function opened() {
  atCase.until = 0;
  atCase.look("opened");
}

document.addEventListener("click", (event) => {
  const isHeld = event.target.closest?.("#briefing [data-opens]") && isSent();
  if (!isHeld && !event.target.closest?.(REGION) || mayPress()) return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("baton:opened", opened);
document.addEventListener("baton:other-text", () => atCase.look("text", READ_MS));
document.addEventListener("baton:swapped", () => count(0));
opened();
