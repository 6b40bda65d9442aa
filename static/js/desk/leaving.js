// After a case was passed on or snoozed: it may not be theirs to see any more, so the list is asked for again.
import { briefing, openEscalation, show, withList } from "./briefing.js";
import { away } from "./hand.js";
import { moveOn } from "../commands/outcomes.js";
import { resync } from "./queue.js";
import * as rows from "./rows.js";
import { parse, replace } from "./swap.js";

// On to the next one; without one the list stands alone.
export function goneOn(escalation, words) {
  if (words) document.getElementById("toasts").tell(words);
  resync().catch(() => {});
  if (openEscalation() !== escalation) return;
  if (rows.following(rows.rowOf(escalation))) moveOn(escalation);
  else away(close);
}

async function close() {
  const list = withList("/inbox/").href;
  const page = await fetch(list, { redirect: "manual" }).then((answer) => answer.text()).catch(() => "");
  const empty = parse(page);
  if (!empty) return location.assign(list);
  replace(briefing(), empty);
  history.pushState({}, "", list);
  show("list");
  document.querySelector(".q-row > a, #main")?.focus({ preventScroll: true });
}
