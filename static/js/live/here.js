// This tab is there. The server's greeting sets the pace: a hidden tab's own timers fire once a minute at best.
import { takeActivity } from "./attention.js";
import { connection, onFrame } from "./live.js";

const BEAT_MS = 15_000;
const SLACK_MS = 1_000;
const ASKED_MS = 3_000;
let saidAt = 0;

onFrame("hello", () => {
  if (Date.now() - saidAt < BEAT_MS - SLACK_MS || !connection.canSend) return;
  beat(takeActivity("here"));
});

// While something is offered, a hand that moves or a dialog that lies over the offer is told at once: an
// offer is missed only by who does nothing, and its time does not run out behind a dialog.
setInterval(() => {
  if (!connection.canSend || !document.querySelector("[data-offer]")) return;
  const active = takeActivity("here");
  if (active || hasDialog()) beat(active);
}, ASKED_MS);

function beat(active) {
  saidAt = Date.now();
  connection.tell({ type: "here", active, dialog: hasDialog() });
}

function hasDialog() { return document.querySelector("dialog[open]") !== null; }

// A new connection says so at once.
connection.addEventListener("closed", () => { saidAt = 0; });
