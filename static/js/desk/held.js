// Why the case that stands open is not held: said in the rail for as long as it stands there unheld.
const SAID = ["full", "offer_over", "stale"];
let [unheld, words] = ["", ""];

export const isUnheld = (escalation) => unheld === escalation;

export function notHeld(escalation, { code, detail }) {
  if (!SAID.includes(code)) return;
  [unheld, words] = [escalation, `Not held. ${detail}`];
  show();
}

function show() {
  const briefing = document.getElementById("briefing");
  const place = briefing?.querySelector("[data-not-held]");
  if (!place) return;
  place.hidden = briefing.dataset.escalation !== unheld;
  place.querySelector("span").textContent = place.hidden ? "" : words;
}

// A morph brings the empty place back.
document.addEventListener("baton:swapped", show);
