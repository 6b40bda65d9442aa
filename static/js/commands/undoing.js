// Undo: the case is open again, its row and the focus where they were.
import { say } from "../notices/announce.js";
import { open } from "../desk/briefing.js";
import { mark } from "../desk/steps.js";
import { away } from "../desk/hand.js";
import { bringBack, resync } from "../desk/queue.js";
import * as rows from "../desk/rows.js";
import { connection, newFrame, onState } from "../live/live.js";
import { ask } from "./commands.js";
import { giveBack } from "./drafts.js";

let unsent = null;

document.addEventListener("baton:undo", ({ detail }) => away(() => undone(detail)));

// What reached nobody is sent again as soon as somebody hears it: it cannot count twice, and in silence the answer leaves.
onState(() => {
  if (!unsent || !connection.isLive) return;
  const pressed = unsent;
  unsent = null;
  away(() => undone(pressed));
});

async function undone(pressed) {
  const { answer, escalation, row } = pressed;
  const toasts = document.getElementById("toasts");
  const frame = pressed.frame ?? newFrame("undo", { escalation, version: Number(answer.version) });
  const reply = await ask(frame);
  if (reply.code === "unreachable") {
    unsent = { ...pressed, frame };
    return toasts.tell("Not undone yet: Baton cannot be reached. Your undo is sent as soon as it can be.");
  }
  if (reply.type === "ack" && row?.isConnected) bringBack(row);
  delete row?.dataset.uiUndo;
  if (reply.type !== "ack") return toasts.tell(`Not undone. ${reply.detail ?? "It could not be taken back any more."}`);
  document.dispatchEvent(new CustomEvent("baton:undone"));
  toasts.clear(escalation);
  giveBack(escalation);
  say(answer.outcome ? "Undone. Nothing was sent." : "Undone. The case is yours again.");
  // What was given up has changed the counts of other lists too.
  if (!answer.outcome) resync().catch(() => {});
  await open(row?.isConnected ? row : null, { address: `/escalations/${escalation}/`, isChosen: false });
  const back = rows.rowOf(escalation);
  mark(back);
  (rows.linkOf(back) ?? document.getElementById("case"))?.focus({ preventScroll: true });
}
