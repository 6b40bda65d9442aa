// After an offer was answered: accepting opens the case, declining gives the hand back to where it was.
import { say } from "./announce.js";
import { briefing, open, openEscalation, refresh } from "./briefing.js";
import { resync } from "./queue.js";
import * as rows from "./rows.js";
import { verbOf } from "./verbs.js";

export function answer({ answer: told, frame, form, escalation }, offers) {
  if (frame.command !== "accept" && frame.command !== "decline") return;
  const card = form.closest(".offer");
  if (told.type !== "ack") return void offers.read();
  if (card) card.dataset.uiAnswered = "";
  if (frame.command === "accept") return accepted(card, escalation);
  const hadFocus = card?.contains(document.activeElement);
  card?.remove();
  if (hadFocus) offers.giveBack();
  say(verbOf("decline").done);
  resync().catch(() => {});
}

async function accepted(card, escalation) {
  const address = `/escalations/${escalation}/`;
  if (!briefing()) return location.assign(address);
  card?.remove();
  if (openEscalation() === escalation) return refresh();
  await open(rows.rowOf(escalation), { address, claim: false });
  document.getElementById("case")?.focus({ preventScroll: true });
  say("Accepted. The case is yours.");
}

// On the page of offers no cards stand in the corner, which would follow by themselves.
document.addEventListener("baton:answer", ({ detail: { answer: told, frame, escalation } }) => {
  if (told.type !== "ack" || document.querySelector("baton-offers")) return;
  if (frame.command === "accept") location.assign(`/escalations/${escalation}/`);
  if (frame.command === "decline") location.reload();
});
