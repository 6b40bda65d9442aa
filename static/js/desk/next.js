// Take next: the best waiting case for this person is theirs, and opens in place.
import { say } from "../notices/announce.js";
import { briefing, open } from "./briefing.js";
import { isDeciding } from "../commands/on_its_way.js";
import { answerFirst, away, mayPress } from "./hand.js";
import { post } from "../live/http.js";
import { connection } from "../live/live.js";
import { showPill } from "./pill.js";
import * as rows from "./rows.js";

// Answers whether there is such a button here.
export function takeNext() {
  const form = document.querySelector("form[data-next]");
  form?.requestSubmit();
  return Boolean(form);
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-next]") || !briefing()) return;
  event.preventDefault();
  take(event.target);
});

async function take(form) {
  if ("uiBusy" in form.dataset) return;
  // The next one comes by itself with its answer.
  if (isDeciding()) return answerFirst();
  if (briefing().inert) return mayPress();
  if (connection.state === "stale") return say("Taking a case waits until Baton is live again.");
  form.dataset.uiBusy = "";
  const found = await away(() => taken(form.action));
  delete form.dataset.uiBusy;
  if (!found) return;
  // Not before: nothing of a case that is on its way takes the focus, and the keys would stay with another one.
  (rows.linkOf(rows.rowOf(found)) ?? document.getElementById("case"))?.focus({ preventScroll: true });
  showPill();
  say("The case is yours.");
}

async function taken(address) {
  const answer = await post(address, new FormData()).catch(() => ({ detail: "Baton could not be reached." }));
  if (!answer.escalation) return document.getElementById("toasts")?.tell(answer.detail);
  const row = rows.rowOf(answer.escalation);
  await open(row, { address: `/escalations/${answer.escalation}/`, claim: false });
  return answer.escalation;
}
