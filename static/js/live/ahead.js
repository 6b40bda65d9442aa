// The case that comes next, sent along with the one that is open, and painted as soon as its turn comes. Until it is held,
// or read anew, nothing in it can be pressed, and the one before is kept as it was, to be put back.
import { connection, onFrame, onState } from "./live.js";
import { verbOf } from "../commands/verbs.js";
import { away } from "../desk/hand.js";
import * as rows from "../desk/rows.js";
import { isListAlone, isOneAtATime } from "../desk/steps.js";
import { briefingIn } from "../desk/swap.js";

// What was sent longer ago may be drawn by another mask or policy than now.
const FRESH_MS = 120_000;
let [next, shown] = [null, null];
const scrolled = new Map();

const briefing = () => document.getElementById("briefing");
// Nothing has changed by it, neither the case nor how they are.
const swapped = () => document.dispatchEvent(new CustomEvent("baton:swapped", { detail: { isSame: true } }));

// Whose turn it is after this row: asked for with it.
export const after = (row) => rows.following(row)?.dataset.escalation ?? "";

// It comes in a template, so that nothing of it stands on the page.
export function keep(page) {
  const fresh = briefingIn(page?.querySelector("template[data-ahead]")?.content);
  next = fresh && { fresh, at: performance.now() };
  for (const part of scrolled.keys()) if (!part.isConnected) scrolled.delete(part);
}

function drop({ escalation, version }) {
  const { dataset } = next?.fresh ?? {};
  if (dataset?.escalation === escalation && !(Number(version) <= Number(dataset.version))) next = null;
}

for (const type of ["row", "gone", "changed"]) onFrame(type, drop);
onFrame("notice", ({ kind }) => { if (kind === "rights" || kind === "resync") next = null; });
onState((state) => { if (state !== "live") next = null; });

const isPainted = () => Boolean(shown) && shown.fresh === briefing();
export const painted = () => isPainted() ? shown.fresh.dataset.escalation : "";

// Whether it can stand in place of the open case at once. Who went to the list stays there.
function isKept(escalation) {
  const isFresh = escalation && next?.fresh.dataset.escalation === escalation && performance.now() - next.at < FRESH_MS;
  return Boolean(isFresh) && !shown && connection.isLive && !isListAlone() && Boolean(briefing()?.dataset.escalation);
}

// Whoever opens a case themselves meanwhile has left the one before, whatever is answered for that.
export function paint(escalation) {
  shown?.leave();
  if (!isKept(escalation)) return;
  const left = briefing();
  const mine = shown = { left, fresh: next.fresh, at: [...scrolled].filter(([part]) => part.isConnected) };
  mine.whenLeft = new Promise((leave) => { mine.leave = () => { mine.isLeft = true; leave(); }; });
  next = null;
  Object.assign(shown.fresh, { inert: true }).dataset.uiAhead = "";
  left.replaceWith(shown.fresh);
  if (isOneAtATime()) scrollTo(0, 0);
  swapped();
}

// Noted as it happens: asked for at the press, the whole page would be laid out for it.
document.addEventListener("scroll", ({ target }) => {
  const part = target.scrollingElement ?? target;
  scrolled.set(part, part.scrollTop);
}, { passive: true, capture: true });

// Once it is seen, and at the latest so soon where nothing is drawn, as in a hidden tab.
const SEEN_MS = 100;
const seen = () => new Promise((resolve) => {
  setTimeout(resolve, SEEN_MS);
  requestAnimationFrame(() => setTimeout(resolve));
});

// What is decided on the page itself makes room at the press, and comes back where it was not decided after all. Whoever
// goes to another case meanwhile need not wait there for this one's answer.
export async function giveWay(form, asked) {
  const following = after(rows.rowOf(briefing()?.dataset.escalation));
  const isLeft = verbOf(form.dataset.command).decides && form.closest("#briefing") && !form.closest("dialog");
  if (!isLeft || !isKept(following)) return asked;
  let answered = asked;
  await away(() => {
    paint(following);
    answered = orBack(shown, asked);
    return Promise.race([answered, shown.whenLeft]);
  });
  return answered;
}

async function orBack(mine, asked) {
  const [answer] = await Promise.all([asked, seen()]);
  if (answer.type !== "ack" && shown === mine && !mine.isLeft) putBack();
  return answer;
}

// It is held now, or another one came in its place: the one before has left.
export function settle() {
  delete shown?.fresh.dataset.uiAhead;
  shown = null;
}

// It could not be had, or the one before was not done after all.
export function putBack() {
  if (!isPainted()) return settle();
  const { left, fresh, at } = shown;
  shown = null;
  fresh.replaceWith(left);
  for (const [part, top] of at) part.scrollTop = top;
  swapped();
}
