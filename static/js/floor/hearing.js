// Single keys of the floor, as this person has them; what moves and selects in the list does so here as well.
import { namedBy, OWN_KEYS } from "../commands/verbs.js";

const ELSEWHERE = "input:not([type=checkbox], [type=range]), textarea, select, dialog";
const SHARED = ["next-case", "previous-case", "select"].map((name) => [name, OWN_KEYS[name]]);
const OWN = JSON.parse(document.getElementById("page-keys")?.textContent ?? "{}");
const nameOf = namedBy({ ...OWN, ...Object.fromEntries(SHARED) });

// A bracket is written with AltGr on many keyboards, which is Ctrl and Alt together.
const isChord = ({ key, ctrlKey, metaKey, altKey }) =>
  metaKey || (ctrlKey && !altKey) || (altKey && /\p{L}/u.test(key));

export function onKeys(acts) {
  document.addEventListener("keydown", (event) => {
    const act = document.getElementById("board") && acts[nameOf(event)];
    const isOff = isChord(event) || document.documentElement.dataset.keys === "off";
    if (!act || isOff || event.target.closest?.(ELSEWHERE)) return;
    event.preventDefault();
    act();
  });
}
