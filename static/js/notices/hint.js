// A word to the hand, shown in the place that is kept for it beside the buttons, and read out.
import { say } from "./announce.js";

const STAY_MS = 4000;
let [words, leaving] = ["", 0];

export function hint(text) {
  say(text);
  const stray = document.querySelector("dialog[open] [data-stray]");
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

// A morph brings the empty place back, and the next case has one of its own.
document.addEventListener("baton:swapped", show);
