// A fragment that follows events: asked for on every connect, on the frames that concern it, and every
// 10 s while there is no connection. Who shows it says what to `take` from an answer. What stands `beside` every page is
// read together with the rest of it on every connect.
import { readBeside } from "./beside.js";
import { getFragment } from "./http.js";
import { connection, onFrame, onState } from "./live.js";

const POLL_MS = 10_000;
const PAUSE_MS = 50;
const SLOW_MS = 3000;
// What the first connect reads is not read before it, unless it is late.
const FIRST_MS = 1500;

export function follow({
  address, part, take, frames = {}, isStill = () => false, pause_ms = PAUSE_MS, polls = true, beside = false,
}) {
  let [asked, answered, askedAt, timer, dueAt, asksAgain] = [0, 0, 0, 0, 0, false];

  // One question at a time: where hints come faster than answers, the newest would overtake every one of them. One that
  // is slow is overtaken, and then only the newest counts.
  async function read(ask = () => getFragment(address(), part)) {
    asksAgain = asked !== answered && Date.now() - askedAt < SLOW_MS;
    if (asksAgain) return void soon(SLOW_MS);
    const mine = ++asked;
    askedAt = Date.now();
    const page = await ask().catch(() => null);
    if (mine !== asked) return;
    answered = mine;
    if (page) take(page);
    if (asksAgain) soon();
  }

  // A burst of events is one question.
  function soon(wait_ms = pause_ms) {
    if (timer && dueAt <= Date.now() + wait_ms) return;
    clearTimeout(timer);
    dueAt = Date.now() + wait_ms;
    timer = setTimeout(() => { timer = 0; read(); }, wait_ms);
  }

  // Somebody acted here: an answer that is on its way was made before that.
  function overtake() {
    if (asked === answered) return;
    answered = ++asked;
    soon();
  }

  for (const [type, concerns] of Object.entries(frames)) onFrame(type, (frame) => concerns(frame) && soon());
  function catchUp() {
    clearTimeout(timer);
    timer = 0;
    beside ? read(readBeside) : read();
  }

  onState((state) => state === "catching-up" && !isStill() && catchUp());
  if (beside && connection.isLive) catchUp();
  else if (beside) {
    dueAt = Date.now() + FIRST_MS;
    timer = setTimeout(catchUp, FIRST_MS);
  }
  if (polls) setInterval(() => connection.isLive || document.hidden || read(), POLL_MS);
  return { read: () => read(), soon, overtake };
}
