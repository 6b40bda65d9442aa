// What is decided on stands on the screen first, and whole: what is folded or cut opens, what lies out of it is brought there.
import { isTyped } from "../commands/drafts.js";
import { all, boxOf, bring, EDGE, floor, inCase, isOut, shareOf, toRead } from "../commands/bringing.js";
import { openPlace } from "../desk/panels.js";
import { measureAll } from "../elements/clamps.js";

const [ASKED, LEAVES] = ["#ask, #proposal", "#proposal :is(.stands, .steps > li), #brief .in-full li[data-leaves]"];
const FOLDS = "#proposal details:is(.rest, [data-leaves]):not([open])";
const CUT = "#proposal .steps .clamp:not([data-ui-whole]) > .more:not([open])";
const [IN_BRIEF, SENDS] = ["[data-was]:not([name=instructions]), [data-drop]", ["approve", "edit"]];
const wasSeen = new WeakSet();
let readOf = "";

// What the hand itself wrote was before its eyes, and so was the brief that an edit takes the place of, if all of it stood there.
document.addEventListener("input", ({ target, isTrusted }) => isTrusted && wasSeen.add(target), true);
document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-opens=edit]") && document.querySelector("#proposal")?.checkVisibility()) readOf = isWhole() ? textOf() : "";
}, true);

const textOf = () => ["escalation", "version"].map((one) => document.getElementById("briefing").dataset[one]).join();
const isWhole = () => !all(FOLDS).length && !all(CUT).length && !all(LEAVES).some(isHidden);
const isHidden = (one) => one.checkVisibility() && shareOf(one) < 1 && isOut(one, inCase());

// Answers why the press does not count yet, or nothing; of a conversation nothing is asked. What was kept stands in no brief
// until the server has said what it means; whoever types sees the field, and what else the open form sends comes before them.
export function unseen(command, form) {
  if (document.querySelector("#case .decided, #live")) return "";
  const edit = command === "edit" && form.closest("baton-edit"), isLost = edit && "uiLost" in edit.dataset;
  if (edit && "uiTyping" in edit.dataset && !isLost && !form.checkVisibility() && untouched(form).length) return "compared";
  const inBrief = edit && !isLost && edit.querySelector(".sends .named") ? IN_BRIEF : "[hidden]";
  if (edit && form.checkVisibility() && readOf !== textOf() && fieldsOnDown(form)) return "hidden";
  return backUp() || SENDS.includes(command) && (unfolded() || onDown()) || form && bringFields(form, inBrief) ? "hidden" : "";
}

// A notice pushes it out of the window, or covers it.
function backUp() {
  const hidden = document.querySelector("#case-news .news") ? all(ASKED).filter((one) => boxOf(one).top > floor() - 24) : [];
  hidden.at(-1)?.scrollIntoView({ block: "center" });
  return hidden.length > 0;
}

function unfolded() {
  const folds = all(FOLDS);
  for (const fold of folds) fold.open = true;
  if (folds.length) measureAll();
  const opened = [...folds, ...all(CUT)];
  for (const one of opened) one.open = true;
  if (!opened.length) return false;
  // What opens stands there for the first time, above the window too; and what was not reached yet comes before it.
  for (const one of all(LEAVES)) if (opened.some((part) => one.contains(part) || part.contains(one))) toRead(one);
  const due = all(LEAVES).filter((one) => isHidden(one) || "uiUnread" in one.dataset && shareOf(one) < 1 && one.checkVisibility());
  return bring(due.length ? due : opened.slice(0, 1));
}

// All that leaves, step by step, so that none is passed over; what stands above was read on the way down.
function onDown() {
  const hidden = all(LEAVES).filter(isHidden);
  return hidden.length > 0 && bring(hidden);
}

// The open edit stands in the place of the brief: what is in its fields is read as that would have been.
function fieldsOnDown(form) {
  for (const one of all("textarea", form)) if (cutOf(one) > 1) wasSeen.delete(one);
  const fields = all("input, select, textarea", form).filter((one) => one.value && one.checkVisibility() && !wasSeen.has(one));
  const grown = fields.filter(grow), hidden = fields.filter((one) => grown.includes(one) || isHidden(one));
  return hidden.length > 0 && bring(hidden);
}

// A text that its field cuts stands in it whole.
function grow(field) {
  const cut = cutOf(field);
  return cut > 1 && Boolean(field.style.blockSize = `${field.offsetHeight + cut}px`);
}

const cutOf = (field) => (field.matches("textarea") ? field.scrollHeight - field.clientHeight : 0);
const untouched = (form) => [...form.elements].filter((one) => isTyped(one) && !wasSeen.has(one));

// What goes along out of the form itself: an option, and what was kept and no hand has touched since.
function bringFields(form, inBrief) {
  const kept = untouched(form).filter((one) => !one.matches(inBrief));
  const panel = kept.length && form.closest("[data-panel][hidden]");
  if (panel) readOf = isWhole() ? textOf() : "", openPlace(panel.id), document.getElementById("case").focus({ preventScroll: true });
  return [...kept, ...all("[data-leaves]", form)].some((one) => {
    const [{ top }, isGrown] = [boxOf(one), grow(one)];
    wasSeen.add(one), one.scrollIntoView({ block: "nearest" });
    return isGrown || Math.abs(boxOf(one).top - top) > EDGE;
  }) || Boolean(panel);
}
