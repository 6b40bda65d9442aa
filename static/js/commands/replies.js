// Replies that the policy keeps: the chosen one is written into the field of whoever writes, and nothing is sent.
import { keep } from "./drafts.js";
import { hint } from "../notices/hint.js";
import { openPlace } from "../desk/panels.js";

const FIELDS = "baton-chat textarea, #briefing [data-panel] textarea[name=reply], #briefing baton-edit textarea[name=reply]";
const field = () => [...document.querySelectorAll(FIELDS)].find((one) => one.checkVisibility());

// Where nobody writes yet, the place to answer opens first.
export function offerReplies() {
  if (!document.getElementById("replies-dialog")) return hint("The policy keeps no replies for this kind of work.");
  if (!field()) openPlace("respond");
  if (field()) openPlace("replies-dialog");
  else hint("There is no field for a reply here now.");
}

document.addEventListener("click", ({ target }) => {
  const chosen = target.closest?.("[data-reply]");
  if (!chosen) return;
  chosen.closest("dialog").close();
  const area = field();
  if (!area) return;
  const isBegun = area.selectionStart > 0 && !/\s$/.test(area.value.slice(0, area.selectionStart));
  area.setRangeText((isBegun ? "\n" : "") + chosen.dataset.reply, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  keep(area.form);
  area.focus();
});
