// What is decided on stands on the screen first: what lies out of it is brought there instead.
import { isOneAtATime } from "../desk/steps.js";

const [ASKED, LEAVES] = ["#ask, #proposal", "#proposal .steps > li"];
const [SENDS, EDGE] = [["approve", "edit"], 12];
const once = new WeakSet();

const boxOf = (one) => one.getBoundingClientRect();

// Where the window ends for the case: with its pane, at the bar or a message of a phone, or at what is said at the foot of the pane.
function floor() {
  const said = document.querySelector(".case-said");
  const foot = said && getComputedStyle(said).position === "sticky" ? [said] : [];
  const ends = [...foot, ...isOneAtATime() ? document.querySelectorAll(".bottom-bar, .messages") : []];
  const tops = ends.map(boxOf).filter((box) => box.height).map((box) => box.top);
  return Math.min(innerHeight, boxOf(document.getElementById("case")).bottom, ...tops);
}

// Answers whether something had to be brought; of a conversation nothing is asked.
export const brought = (command) => !document.querySelector("#case .decided, #live") && (backUp() || SENDS.includes(command) && onDown());

// A notice pushes it out of the window, or covers it.
function backUp() {
  if (!document.querySelector("#case-news .news")) return false;
  const end = floor() - 24;
  const hidden = [...document.querySelectorAll(ASKED)].filter((one) => boxOf(one).top > end);
  hidden.at(-1)?.scrollIntoView({ block: "center" });
  return hidden.length > 0;
}

// All that leaves, step by step, so that none is passed over; what stands above was read on the way down.
function onDown() {
  const isBelow = (one) => one.checkVisibility() && !once.has(one) && boxOf(one).bottom - EDGE > floor();
  const hidden = [...document.querySelectorAll(LEAVES)].filter(isBelow);
  if (hidden.length) document.querySelector("dialog[open]")?.close();
  hidden[0]?.scrollIntoView({ block: hidden[0].offsetHeight > floor() / 2 ? "start" : "center" });
  for (const one of hidden) if (one === hidden[0] || !isBelow(one)) once.add(one);
  return hidden.length > 0;
}
