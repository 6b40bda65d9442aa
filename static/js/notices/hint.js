// A word to the hand, shown in the place that is kept for it beside the buttons, and read out.
import { say } from "./announce.js";

const STAY_MS = 4000;
let [words, of, leaving] = ["", "", 0];

const openCase = () => document.getElementById("briefing")?.dataset.escalation ?? "";

// `about` is the case that is meant, if it is only on its way.
export function hint(text, about = openCase()) {
  say(text);
  of = about;
  const stray = document.querySelector(":is(dialog[open], #main > #batch-table) [data-stray]");
  if (stray) {
    stray.textContent = text;
    stray.hidden = false;
    return;
  }
  words = text;
  show();
  clearTimeout(leaving);
  leaving = setTimeout(() => { words = ""; show(); }, STAY_MS);
}

function show() {
  document.getElementById("briefing")?.toggleAttribute("data-ui-hint", words !== "");
  for (const place of document.querySelectorAll("#briefing [data-hint]")) place.textContent = words;
}

// A morph brings the empty place back; what was said of the case before is not said of the next.
document.addEventListener("baton:swapped", show);
document.addEventListener("baton:opened", () => {
  if (of !== openCase()) words = "";
  show();
});
