// After a case was passed on or snoozed: it may not be theirs to see any more, so the list is asked for again.
import { briefing, openEscalation } from "./briefing.js";
import { away } from "./hand.js";
import { moveOn } from "../commands/outcomes.js";
import { resync } from "./queue.js";
import * as rows from "./rows.js";
import { gone, isListAlone, mark, staysHere, stepToList, withList } from "./steps.js";
import { parse, replace } from "./swap.js";

// On to the next one; without one the list stands alone.
export function goneOn(escalation, words, isLeft) {
  if (words) document.getElementById("toasts").tell(words);
  resync().catch(() => {});
  if (isLeft || openEscalation() !== escalation) return;
  if (!isListAlone() && rows.following(rows.rowOf(escalation))) moveOn(escalation);
  else shut().then((isShut) => isShut && stepToList());
}

// The list stands alone, unless somebody went to another case meanwhile, or has this one back. Answers whether it does.
export const shut = (isWanted = () => true) => away(async () => {
  const [list, escalation, at] = [withList("/inbox/").href, openEscalation(), gone()];
  const page = await fetch(list, { redirect: "manual" }).then((answer) => answer.text()).catch(() => "");
  if (openEscalation() !== escalation || gone() !== at || !isWanted()) return false;
  const empty = parse(page);
  if (!empty) {
    if (staysHere()) location.assign(list);
    return false;
  }
  const row = rows.openRow() ?? rows.rowOf(escalation);
  mark(null);
  replace(briefing(), empty);
  if (document.activeElement === document.body) {
    (rows.linkOf(row) ?? document.querySelector(".q-row > a, #main"))?.focus({ preventScroll: true });
  }
  return true;
});
