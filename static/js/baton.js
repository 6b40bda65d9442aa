// The one entry. Each part listens for what concerns it; nothing here waits for anything else.
import "./elements/live.js";
import "./elements/clock.js";
import "./elements/toasts.js";
import "./elements/messages.js";
import "./elements/chat.js";
import "./elements/cites.js";
import "./elements/viewers.js";
import "./elements/edit.js";
import "./elements/clamps.js";
import "./elements/find.js";
import "./elements/grades.js";
import "./elements/mentions.js";
import "./elements/offers.js";
import "./elements/handovers.js";
import "./elements/palette.js";
import "./commands/searching.js";
import "./commands/rechecking.js";
import "./elements/snooze.js";
import "./elements/notices.js";
import "./live/address.js";
import "./live/answers.js";
import "./live/here.js";
import "./live/left_row.js";
import "./live/present.js";
import "./live/pressed_place.js";
import "./live/rights.js";
import "./live/saving.js";
import "./live/whole.js";
import "./desk/jump.js";
import "./desk/keys.js";
import "./commands/offers.js";
import "./commands/outcomes.js";
import "./commands/taken_over.js";
import "./commands/undoing.js";
import "./people/preferences.js";
import "./people/status.js";
import "./desk/heads.js";
import "./desk/watching.js";
import { open, openEscalation } from "./desk/briefing.js";
import { shut } from "./desk/leaving.js";
import "./desk/news.js";
import { openPlace } from "./desk/panels.js";
import { showNew } from "./desk/queue.js";
import { connection } from "./live/live.js";
import * as rows from "./desk/rows.js";
import { arriveAtList, isOneAtATime, isOnList, mark, show, stepToList } from "./desk/steps.js";

const ACTS = {
  "show-new": showNew,
  "try-now": () => connection.tryNow(),
  keys: () => document.getElementById("me-keys").click(),
  help: () => openPlace("help"),
};

// What was opened by its address stands on the list like what was chosen there.
mark(rows.rowOf(openEscalation()));

document.addEventListener("click", (event) => {
  const act = event.target.closest("[data-act]");
  if (act?.dataset.act === "back") return toList(event);
  if (act && ACTS[act.dataset.act]) ACTS[act.dataset.act]();
  const link = event.target.closest(".q-row > a");
  if (link) openByLink(event, link);
});

// A plain click opens in place; with a modifier the browser does what it always does.
function openByLink(event, link) {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (!document.getElementById("briefing")) return;
  event.preventDefault();
  open(link.parentElement).then(() => {
    if (isOneAtATime()) document.getElementById("case")?.focus({ preventScroll: true });
  });
}

function toList(event) {
  if (!document.querySelector(".desk[data-view] .zone-list")) return;
  event.preventDefault();
  stepToList();
}

// Beside the list nothing stays open that the address does not name.
addEventListener("popstate", () => {
  const escalation = location.pathname.match(/^\/escalations\/([^/]+)\/$/)?.[1];
  if (escalation === openEscalation()) show("case");
  else if (escalation) open(rows.rowOf(escalation), { address: location.pathname, isChosen: false, claim: false });
  else if (isOnList()) {
    arriveAtList();
    if (openEscalation() && !isOneAtATime()) shut(isOnList);
  }
});
