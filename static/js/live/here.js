// This tab is there. The server's greeting sets the pace: a hidden tab's own timers fire once a minute at best.
import { takeActivity } from "./attention.js";
import { connection, onFrame } from "./live.js";

const BEAT_MS = 15_000;
const SLACK_MS = 1_000;
let saidAt = 0;

onFrame("hello", () => {
  if (Date.now() - saidAt < BEAT_MS - SLACK_MS || !connection.canSend) return;
  saidAt = Date.now();
  connection.tell({ type: "here", active: takeActivity("here") });
});

// A new connection says so at once.
connection.addEventListener("closed", () => { saidAt = 0; });
