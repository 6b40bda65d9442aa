// Undo: the case is open again, its row and the focus where they were.
import { say } from "../notices/announce.js";
import { mark, open } from "../desk/briefing.js";
import { away } from "../desk/hand.js";
import { bringBack, resync } from "../desk/queue.js";
import * as rows from "../desk/rows.js";
import { newFrame } from "../live/live.js";
import { ask } from "./commands.js";
import { giveBack } from "./drafts.js";

document.addEventListener("baton:undo", ({ detail }) => away(() => undone(detail)));

async function undone({ answer, escalation, row }) {
  const toasts = document.getElementById("toasts");
  const reply = await ask(newFrame("undo", { escalation, version: Number(answer.version) }));
  if (reply.type === "ack" && row?.isConnected) bringBack(row);
  delete row?.dataset.uiUndo;
  if (reply.type !== "ack") return toasts.tell(reply.detail ?? "That could not be taken back any more.");
  document.dispatchEvent(new CustomEvent("baton:undone"));
  toasts.clear();
  giveBack(escalation);
  say(answer.outcome ? "Undone. Nothing was sent." : "Undone. The case is yours again.");
  // What was given up has changed the counts of other lists too.
  if (!answer.outcome) resync().catch(() => {});
  await open(row?.isConnected ? row : null, { address: `/escalations/${escalation}/` });
  const back = rows.rowOf(escalation);
  mark(back);
  (rows.linkOf(back) ?? document.getElementById("case"))?.focus({ preventScroll: true });
}
