// What nothing answered: as soon as Baton is heard again it is asked what came of it, by the same id, and told. Only what
// moved its case is asked for, as it cannot count anew by then; what moved nothing is never sent late by itself.
import { openEscalation } from "../desk/briefing.js";
import { note } from "../notices/note.js";
import { parse } from "../desk/swap.js";
import { getText } from "../live/http.js";
import { connection, onState } from "../live/live.js";
import { now } from "../live/time.js";
import { ask, tell } from "./commands.js";
import { linesOf, typedIn } from "./drafts.js";
import { doesOf } from "./verbs.js";

const AGAIN_MS = 2000;
const LOST = "What you pressed did not reach Baton: nothing was done.";
let [unknown, asked, again] = [null, null, 0];

// What was typed, and what the button said, when it was pressed: both may be others when its answer is known.
export const asPressed = (form, submitter) => ({ typed: JSON.stringify(typedIn(form)), does: doesOf(submitter) });

export function remember(detail) {
  unknown = detail.answer.code === "unreachable" ? detail : null;
  later();
}

function later() {
  clearTimeout(again);
  if (unknown && connection.isLive) again = setTimeout(settle, AGAIN_MS);
}

onState((state) => state === "live" && settle());

async function settle() {
  const mine = unknown;
  if (!mine || mine.isTold) return;
  if ("uiBusy" in mine.form.dataset) return later();
  const text = await getText(`/escalations/${mine.escalation}/`, "div#briefing").catch(() => "");
  const shown = text && parse(text)?.dataset;
  if (unknown !== mine) return;
  if (!shown) return later();
  Number(shown.version) > mine.frame.version ? await wasOurs(shown) : notOurs(mine);
}

// Its id is kept: should it arrive after all, or be pressed again, it counts once.
function notOurs(mine) {
  unknown = { ...mine, isTold: true };
  const place = mine.form.isConnected && mine.form.closest("dialog[open]")?.querySelector("[data-stray]");
  if (place) place.textContent = LOST;
  else if (openEscalation() === mine.escalation) note(LOST);
  else document.getElementById("toasts")?.tell(LOST);
}

// Whether the case moved on by what nothing had answered. It is asked once, and until it is known
// no refresh draws the case anew over what was typed since.
export async function wasOurs({ escalation, version }) {
  if (asked?.escalation === escalation) return asked.wasOurs;
  if (unknown?.escalation !== escalation || Number(version) <= unknown.frame.version) return false;
  asked = { escalation, wasOurs: askedAgain() };
  return asked.wasOurs.finally(() => { asked = null; });
}

async function askedAgain() {
  const [mine, frame] = [unknown, { ...unknown.frame, issued_at: new Date(now()).toISOString() }];
  unknown = null;
  const answer = await ask(frame);
  if (answer.code === "unreachable") unknown = mine, later();
  else if (answer.type === "ack") tell({ ...mine, answer, isLate: true, since: since(mine) });
  else mine.isTold || notOurs(mine);
  return answer.type === "ack";
}

// What was typed after it was pressed went nowhere, and nobody may lose it.
function since({ form, typed }) {
  const before = new Set(JSON.parse(typed).map(String));
  return form.isConnected ? linesOf(form, typedIn(form).filter((one) => !before.has(String(one)))) : [];
}
