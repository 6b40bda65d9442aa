// Who is looking: this tab says so for the open case, keeps the lease alive, and hears when the case changed.
import { takeActivity } from "../live/attention.js";
import { briefing, holdAgain, openEscalation, refresh } from "./briefing.js";
import { ask } from "../commands/commands.js";
import { resync } from "./queue.js";
import { connection, newFrame, onFrame, onState } from "../live/live.js";

const BEAT_MS = 15_000;
const AGAIN_MS = 2_000;
const LATE_MS = 400;
const TYPING_MS = 4_000;
let typedAt = -TYPING_MS;
let activeAt = -BEAT_MS;
let watched = "";
let told = "";

function look() {
  if (document.hidden) return "away";
  if (performance.now() - typedAt < TYPING_MS) return "typing";
  return document.querySelector("baton-edit[data-ui-dirty]") ? "editing" : "looking";
}

// Says it once per change; after a reconnect everything is said again.
function tellWatching() {
  const escalation = openEscalation();
  if (watched && watched !== escalation) connection.tell(newFrame("unwatch", { escalation: watched }));
  watched = escalation;
  const words = `${escalation} ${look()}`;
  if (!escalation || words === told || !connection.canSend) return;
  told = words;
  connection.tell(newFrame("watch", { escalation, state: look() }));
}

async function beat() {
  const open = briefing();
  if (!open || document.hidden) return;
  const active = takeActivity();
  if (active) activeAt = performance.now();
  if (!("mine" in open.dataset)) return active && holdAgain();
  const { escalation, version } = open.dataset;
  const answer = await ask(newFrame("heartbeat", { escalation, version: Number(version), active }));
  if (answer.type === "refused" && answer.code !== "unreachable" && openEscalation() === escalation) refresh();
}

onState((state) => {
  if (state === "reconnecting" || state === "stale") told = "";
  if (state === "catching-up") catchUp();
});

// What could not be read is asked for again; until then nobody is told that it is current.
async function catchUp() {
  tellWatching();
  beat();
  try {
    await Promise.all([resync(), refresh()]);
  } catch {
    return void setTimeout(() => connection.isLive && catchUp(), AGAIN_MS);
  }
  if (connection.state === "catching-up") connection.become("live");
}

onFrame("changed", (frame) => {
  const open = briefing();
  if (!open || open.dataset.escalation !== frame.escalation) return;
  const isSame = frame.version === undefined || Number(open.dataset.version) === Number(frame.version);
  if (frame.viewers) for (const list of document.querySelectorAll("baton-viewers")) list.show(frame.viewers);
  if (!isSame || !frame.viewers) refresh();
});

// A change between the reading of a case and the watch on it is told by its row alone.
for (const type of ["row", "gone"]) onFrame(type, (frame) => setTimeout(() => {
  const { escalation, version } = briefing()?.dataset ?? {};
  if (escalation === frame.escalation && Number(version) < Number(frame.version)) refresh();
}, LATE_MS));

// The server may have missed something itself: the same path as after a reconnect.
onFrame("notice", (frame) => {
  if (frame.kind === "resync") catchUp();
  // An offer that is over leaves its room to what stands open.
  if (frame.kind === "offer" && briefing() && !document.hidden) holdAgain();
});

document.addEventListener("baton:opened", () => { tellWatching(); takeActivity(); });
document.addEventListener("visibilitychange", () => {
  tellWatching();
  if (!document.hidden) beat();
});
document.addEventListener("input", ({ target, isTrusted }) => {
  if (isTrusted && target.closest("#briefing")) {
    typedAt = performance.now();
    setTimeout(tellWatching, TYPING_MS);
  }
  tellWatching();
});
// A hand that comes back is told of at once: nothing is offered to whoever works.
for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => {
  if (performance.now() - activeAt > BEAT_MS) beat();
}, true);
document.addEventListener("baton:again", refresh);
setInterval(beat, BEAT_MS);
