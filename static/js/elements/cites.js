// <baton-cites>: a claim's source lights the turn it rests on; pressed, it stays lit.
import { openEscalation } from "../desk/briefing.js";

let pressed = null;

class Cites extends HTMLElement {
  // Not on coming into the page, where it may come back to.
  constructor() {
    super();
    for (const kind of ["mouseover", "focusin"]) this.addEventListener(kind, (event) => this.#hint(event, true));
    for (const kind of ["mouseout", "focusout"]) this.addEventListener(kind, (event) => this.#hint(event, false));
    this.addEventListener("click", (event) => this.#press(event.target.closest("[data-cites]")));
  }

  #hint(event, isOn) {
    const cite = event.target.closest("[data-cites]");
    if (cite && cite.getAttribute("aria-pressed") !== "true") light(cite, isOn);
  }

  #press(cite) {
    if (!cite) return;
    const isOn = cite.getAttribute("aria-pressed") !== "true";
    for (const other of document.querySelectorAll('[data-cites][aria-pressed="true"]')) set(other, false);
    set(cite, isOn);
    pressed = isOn ? { escalation: openEscalation(), cites: cite.dataset.cites, place: alike(cite.dataset.cites).indexOf(cite) } : null;
    if (!isOn) return;
    const [first] = targets(cite);
    for (let fold = first?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    first?.scrollIntoView({ block: "nearest" });
  }
}

const alike = (cites) => [...document.querySelectorAll(`[data-cites="${CSS.escape(cites)}"]`)];
const targets = (cite) => cite.dataset.cites.split(" ").map((id) => document.getElementById(id)).filter(Boolean);

function light(cite, isOn) { for (const target of targets(cite)) target.classList.toggle("lit", isOn); }

function set(cite, isOn) {
  cite.setAttribute("aria-pressed", isOn);
  cite.classList.toggle("on", isOn);
  light(cite, isOn);
}

// A morph brings the server's unlit turn back.
document.addEventListener("baton:swapped", () => {
  const cite = pressed?.escalation === openEscalation() && alike(pressed.cites)[pressed.place];
  if (cite) set(cite, true);
});

customElements.define("baton-cites", Cites);
