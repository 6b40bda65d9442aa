// Every command of a person leaves here: over the socket, or as the plain form when the socket is down.
import { giveWay } from "../live/ahead.js";
import { answerFirst, away, changedJustNow, mayPress } from "../desk/hand.js";
import { hint } from "../notices/hint.js";
import { gone } from "../desk/steps.js";
import { soFar } from "../live/attention.js";
import { post } from "../live/http.js";
import { connection } from "../live/live.js";
import { now } from "../live/time.js";
import { leaves } from "./on_its_way.js";
import { asPressed, remember } from "./unknown.js";
import { saveNow } from "./unsent.js";
import { verbOf } from "./verbs.js";

const UNKNOWN = {
  type: "refused",
  code: "unreachable",
  detail: "Baton could not be reached, so it is not known yet whether this counted. You are told as soon as Baton is back; pressing again cannot count twice.",
};

const PRESSED_MS = 300;

// A claim on its way raises the version; what is pressed meanwhile waits for it and carries the new one.
let claimed = Promise.resolve();
export const waitFor = (claim) => { claimed = claim.catch(() => {}); };

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form.command");
  if (!form) return;
  event.preventDefault();
  run(form, event.submitter, form.dataset.uiHow ?? "click");
  delete form.dataset.uiHow;
});

// A double click is one press: its second half may find another command where the first was, such as Undo.
document.addEventListener("click", (event) => {
  if (event.detail > 1 && event.target.closest("form.command, form[data-next], form button")) event.preventDefault();
});

// Presses a command's button for somebody, and remembers that it was by key.
export function press(button, how) {
  if (!button || button.disabled) return;
  if (button.form) button.form.dataset.uiHow = how;
  if (how === "key") show(button);
  button.click();
}

// Which button a key pressed is seen, not only done.
function show(button) {
  button.dataset.uiPressed = "";
  setTimeout(() => delete button.dataset.uiPressed, PRESSED_MS);
}

async function run(form, submitter, how) {
  if ("uiBusy" in form.dataset) return answerFirst();
  if (connection.state === "stale") return hint("Deciding waits until Baton is live again.");
  const open = !["heartbeat", "say", "note"].includes(form.dataset.command) && form.closest("#briefing");
  if (open && !mayPress(form.dataset.command, form)) return;
  const seen = open && open.dataset.content;
  form.dataset.uiBusy = "";
  const { decides, undo_s, saves_draft } = verbOf(form.dataset.command), [at, canUndo] = [gone(), Boolean(decides || undo_s)];
  const arrived = leaves(open && open.dataset.escalation, canUndo);
  await claimed;
  if (saves_draft) await saveNow();
  // What came while it waited was not read by the hand that pressed.
  const detail = open && open.dataset.content !== seen ? null : await sent(form, submitter, how);
  delete form.dataset.uiBusy;
  arrived();
  detail ? tell({ ...detail, isLeft: gone() !== at }) : changedJustNow();
  if (canUndo) document.dispatchEvent(new CustomEvent("baton:settled", { detail: detail?.answer.type === "ack" }));
}

async function sent(form, submitter, how) {
  form.dataset.uiId ||= crypto.randomUUID();
  const fields = new FormData(form, submitter);
  const [frame, pressed] = [frameOf(form, fields, how), asPressed(form, submitter)];
  const answer = await (opensAnother(form) ? away(() => ask(frame, fields)) : giveWay(form, ask(frame, fields)));
  return { ...pressed, answer, frame, form, escalation: frame.escalation };
}

// What is accepted opens by itself, in place of the case that is open.
const opensAnother = (form) => form.dataset.command === "accept" && !form.closest("#briefing");

// Unknown keeps its id, so that pressing again cannot decide twice.
export function tell(detail) {
  if (detail.answer.code !== "unreachable") delete detail.form.dataset.uiId;
  remember(detail);
  document.dispatchEvent(new CustomEvent("baton:answer", { detail }));
}

const escalationOf = (form) =>
  form.closest("[data-escalation]")?.dataset.escalation ?? form.action.split("/").at(-3);

// The server reads the fields as it reads the plain form.
const frameOf = (form, fields, how) => ({
  type: "command",
  command: form.dataset.command,
  id: form.dataset.uiId,
  escalation: escalationOf(form),
  version: Number(fields.get("version")),
  digest: fields.get("digest") ?? "",
  issued_at: new Date(now()).toISOString(),
  how,
  ...soFar(),
  fields: Object.fromEntries(fields),
});

// Without a form: `undo` of a toast, `claim` on opening, `heartbeat`.
export async function ask(frame, fields = new FormData()) {
  try {
    return await connection.ask(frame);
  } catch {
    for (const [name, value] of Object.entries(frame)) if (typeof value !== "object") fields.set(name, value);
    const address = `/escalations/${frame.escalation}/${frame.command}/`;
    return post(address, fields).catch(() => ({ ...UNKNOWN, id: frame.id }));
  }
}
