// After an offer was answered: accepting opens the case, declining gives the hand back to where it was.
import { say } from "../notices/announce.js";
import { briefing, open, openEscalation, refresh } from "../desk/briefing.js";
import { resync } from "../desk/queue.js";
import * as rows from "../desk/rows.js";
import { verbOf } from "./verbs.js";

document.addEventListener("baton:answer", ({ detail: { answer, frame, form, escalation } }) => {
  if (frame.command !== "accept" && frame.command !== "decline") return;
  const [card, offers] = [form.closest(".offer"), document.querySelector("baton-offers")];
  if (answer.type !== "ack") return void offers?.read();
  // The page of offers has no cards at its foot, which would follow by themselves.
  if (!offers && frame.command === "decline") return location.reload();
  if (card) card.dataset.uiAnswered = "";
  if (frame.command === "accept") return accepted(card, escalation);
  const hadFocus = card?.contains(document.activeElement);
  card?.remove();
  if (hadFocus) offers.giveBack();
  const { done, undo_s } = verbOf("decline");
  document.getElementById("toasts")?.gaveUp({ answer, said: done, escalation, row: rows.rowOf(escalation), seconds: undo_s });
  resync().catch(() => {});
});

async function accepted(card, escalation) {
  const address = `/escalations/${escalation}/`;
  if (!briefing()) return location.assign(address);
  card?.remove();
  if (openEscalation() === escalation) return refresh();
  await open(rows.rowOf(escalation), { address, claim: false });
  document.getElementById("case")?.focus({ preventScroll: true });
  say("Accepted. The case is yours.");
}
