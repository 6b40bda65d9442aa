// After the answer to a command: the toast and the next case, or who was faster and why.
import { say } from "../notices/announce.js";
import { painted, putBack } from "../live/ahead.js";
import { advance, briefing, open, openEscalation, refresh } from "../desk/briefing.js";
import * as drafts from "./drafts.js";
import { showFaults } from "./faults.js";
import { answered } from "../desk/hand.js";
import { goneOn } from "../desk/leaving.js";
import { closePanel, openPlace } from "../desk/panels.js";
import { showPill, takeAway } from "../desk/queue.js";
import * as rows from "../desk/rows.js";
import { isListAlone } from "../desk/steps.js";
import { note } from "../notices/note.js";
import { sinceSent } from "./on_its_way.js";
import { said, verbOf } from "./verbs.js";

const toasts = () => document.getElementById("toasts");

document.addEventListener("baton:answer", ({ detail }) => {
  const { answer, form, escalation } = detail;
  if (answer.type === "ack") accepted(detail);
  else refused(answer, form, escalation);
});

function accepted(detail) {
  const { answer, frame, form, escalation, isLeft } = detail;
  form.closest("dialog")?.close();
  document.getElementById("case-notice")?.replaceChildren();
  const verb = verbOf(frame.command);
  const done = form.querySelector("input:checked[data-done]")?.dataset.done ?? verb.done;
  verb.decides ? drafts.sent(form) : drafts.forget(form);
  // What was sent is not lost with its form, so that nobody has to be given it back.
  const since = frame.command === "say" ? sinceSent(form.elements.text, frame.fields.text) : "";
  form.reset();
  if (since) form.elements.text.value = since, drafts.keep(form);
  if (verb.decides) return decided(detail);
  const seconds = verb.undo_s;
  if (seconds) toasts().gaveUp({ answer, said: done, escalation, row: rows.rowOf(escalation), seconds });
  else if (verb.after === "next") toasts().tell(done);
  if (verb.after === "gone") return goneOn(escalation, seconds ? "" : verb.done, isLeft);
  if (frame.command === "undo") toasts().clear(escalation), drafts.giveBack(escalation);
  if (detail.isLate) return void refresh();
  if (verb.after === "next" && openEscalation() === escalation && !isLeft) moveOn(escalation);
  else if (openEscalation() === escalation) advance(answer.version);
  if (verb.after === "stay") closePanel(form.closest("[data-panel]"));
  // A dialog of its own that closes on the same case says what it did.
  if (verb.after === "stay" && verb.dialog && form.closest("dialog")?.id === verb.dialog) toasts().tell(verb.done);
  if (answer.said) say(answer.said);
  refresh();
}

function decided({ answer, frame, does, escalation, isLate, isLeft, since = [] }) {
  const row = rows.rowOf(escalation);
  const words = [answer.said || said(frame, does, row, answer), answer.warning].filter(Boolean).join(". ");
  toasts().show({ answer, said: words, escalation, row });
  takeAway(row, Number(answer.version));
  if (!isLate) return isLeft ? refresh() : moveOn(escalation);
  // Nothing comes by itself under a hand that may press once more for this very case.
  refresh();
  if (since.length) note(`${words}. What you typed since was not sent; it is below. Undo gives it back.`, since.join("\n"));
}

// Then on to the next case, with the focus on its row: the hand stays where it was. Who went to the list stays there, and
// so does the focus of who has gone on to another row.
export function moveOn(escalation) {
  const row = rows.rowOf(escalation);
  showPill();
  const after = !isListAlone() && (isThere(rows.rowOf(painted())) ?? rows.following(row));
  if (!after) {
    putBack();
    document.getElementById("case")?.focus({ preventScroll: true });
    answered();
    return refresh();
  }
  open(after, { isChosen: false });
  if ([null, row].includes(rows.focusedRow())) rows.linkOf(after).focus({ preventScroll: true });
  rows.prune();
}

// What stands painted already, unless somebody else has it by now.
const isThere = (row) => row && !("gone" in row.dataset) ? row : undefined;

function refused(answer, form, escalation) {
  const isUnknown = answer.code === "unreachable";
  const faults = answer.errors ?? [];
  const panel = faults.length && form.closest("[data-panel]");
  if (panel) openPlace(panel.id);
  const stray = showFaults(form, faults);
  const dialog = form.closest("dialog[open]");
  const place = dialog?.querySelector("[data-stray]");
  // A dialog that names what is wrong, or that nothing answered, stays open with everything that was typed.
  if (place && (isUnknown || faults.length)) {
    place.textContent = isUnknown ? answer.detail : stray.join(" ");
    place.hidden = !place.textContent;
    return;
  }
  const words = [answer.detail ?? "Baton refused that. Nothing was changed.", ...stray].join(" ");
  if (openEscalation() !== escalation) return toasts().tell(named(form, escalation, words));
  note(words, "", faults.length > 0);
  form.querySelector("[aria-invalid=true]")?.scrollIntoView({ block: "center" });
  if (isUnknown) return;
  if (!faults.length) dialog?.close();
  refresh();
}

// Said over another case, it names its own.
function named(form, escalation, words) {
  const number = (form.closest("[data-number]") ?? rows.rowOf(escalation))?.dataset.number;
  return number ? `BTN-${number}: ${words}` : words;
}

document.addEventListener("baton:kept", ({ detail }) => {
  const before = document.querySelector("#case-notice [data-text]")?.textContent ?? "You cannot decide this case now.";
  note(`${before} What you had written is below; copy it if you need it.`, detail.join("\n\n"));
});
