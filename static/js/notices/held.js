// Why the case that stands open is not held: said in the rail, and on a phone in the bar, for as long as it stands there unheld.
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
  for (const place of briefing?.querySelectorAll("[data-not-held]") ?? []) {
    place.hidden = briefing.dataset.escalation !== unheld;
    const said = place.querySelector("span");
    if (said) said.textContent = place.hidden ? "" : words;
  }
}

// A morph brings the empty place back.
document.addEventListener("baton:swapped", show);
