// The open case: loaded whole when another is opened, morphed in place when it changed.
import * as ahead from "../live/ahead.js";
import { say } from "../notices/announce.js";
import * as attention from "../live/attention.js";
import { ask, waitFor } from "../commands/commands.js";
import { wasOurs } from "../commands/unknown.js";
import { load, loadHeld, SUPERSEDED } from "../live/loading.js";
import { newFrame } from "../live/live.js";
import { away } from "./hand.js";
import { isUnheld, notHeld } from "../notices/held.js";
import * as rows from "./rows.js";
import { go, here, isOneAtATime, isOnList, mark, show, stepTo } from "./steps.js";
import { briefingIn, pageOf, parse, renew, replace } from "./swap.js";

const NEWS_MS = 400;
let isOvertaken = false;
document.addEventListener("htmx:after:swap", ({ target }) => { isOvertaken ||= target.id !== "edit-form"; });

export const briefing = () => document.getElementById("briefing");
export const openEscalation = () => briefing()?.dataset.escalation ?? "";

export async function open(row, { address = rows.linkOf(row)?.href, ...how } = {}) {
  if (!briefing()) return location.assign(address);
  go();
  mark(row);
  show("case");
  const hasStayed = await away(() => {
    ahead.paint(row?.dataset.escalation);
    return bring(row, address, how);
  });
  // What the case of before heard of meanwhile was told to nobody.
  if (hasStayed) refresh();
}

async function bring(row, address, { isChosen = true, claim = true }) {
  // What is painted beside the list has its step at once, so that Back leads to the one before.
  const isStep = isChosen && ahead.painted() && !isOneAtATime() && stepTo(address, true);
  const from = here();
  const text = await (claim ? loadHeld(address, ahead.after(row)) : load(address));
  if (text === SUPERSEDED) return;
  if (here() !== from) return stay();
  const page = text && pageOf(text);
  const fresh = page && briefingIn(page);
  if (!fresh) return failed(row, isStep);
  put(fresh, page);
  const { escalation, unheld, unheldWhy } = fresh.dataset;
  if (unheld) notHeld(escalation, { code: unheld, detail: unheldWhy });
  stepTo(address, isChosen);
  attention.restart();
  document.dispatchEvent(new CustomEvent("baton:opened", { detail: { escalation: openEscalation() } }));
  if (claim && !unheld && "claim" in fresh.dataset) waitFor(claimOpen());
}

// What was painted ahead becomes what it is now, under whoever reads it already; another starts with its question, also where
// the page itself scrolls.
function put(fresh, page) {
  const isPainted = ahead.painted() === fresh.dataset.escalation;
  (isPainted ? renew : replace)(briefing(), fresh, page);
  if (!isPainted && isOneAtATime()) scrollTo(0, 0);
  ahead.settle();
  ahead.keep(page);
}

// The case of before stands there again, or still.
function stay() {
  ahead.putBack();
  mark(rows.rowOf(openEscalation()));
  return true;
}

function failed(row, isStep) {
  stay();
  if (isStep) history.back();
  if (isOnList()) show("list");
  say(`That case could not be opened.${openEscalation() ? " The one before is still open." : ""}`);
  rows.tell(row, "Could not be opened");
  rows.linkOf(row)?.focus({ preventScroll: true });
  return true;
}

// Room may have come since it was opened.
export function holdAgain() {
  const { escalation, claim } = briefing().dataset;
  if (isUnheld(escalation) && claim !== undefined && !briefing().inert) waitFor(claimOpen());
}

async function claimOpen() {
  const { escalation, version, digest } = briefing().dataset;
  const answer = await ask(newFrame("claim", { escalation, version: Number(version), digest }));
  if (openEscalation() !== escalation) return;
  if (answer.type !== "ack") return isUnheld(escalation) || refresh().then(() => notHeld(escalation, answer));
  advance(answer.version);
  // The news of it may have gone out before this page was watching.
  setTimeout(() => openEscalation() === escalation && !("mine" in briefing().dataset) && refresh(), NEWS_MS);
}

// A version that our own act raised without changing what stands on the screen.
export function advance(version) {
  if (!version || Number(version) <= Number(briefing().dataset.version)) return;
  briefing().dataset.version = version;
  for (const input of briefing().querySelectorAll('form.command input[name="version"]')) input.value = version;
}

// Morphed, so that what is typed and unfolded stays. An answer that overtook a newer one is dropped;
// one that was on its way while something else was swapped in is asked for again.
export async function refresh() {
  const { escalation, version, since = version } = briefing()?.dataset ?? {};
  if (!escalation || briefing().inert) return;
  isOvertaken = false;
  const text = await load(`/escalations/${escalation}/?since=${since}`);
  if (isOvertaken && text !== SUPERSEDED) return refresh();
  const fresh = typeof text === "string" && parse(text);
  const isOlder = Number(fresh?.dataset?.version) < Number(briefing().dataset.version);
  if (!fresh || fresh.dataset.escalation !== openEscalation() || isOlder || await wasOurs(fresh.dataset)) return;
  // Before it is drawn, so that no press in between counts.
  if (contentOf(fresh) !== contentOf(briefing())) document.dispatchEvent(new CustomEvent("baton:other-text"));
  const kept = renew(briefing(), fresh);
  if (kept.length) document.dispatchEvent(new CustomEvent("baton:kept", { detail: kept }));
}
const contentOf = ({ dataset }) => dataset.content ?? dataset.digest;
