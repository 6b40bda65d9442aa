// <baton-whom>: who a case can be passed on to; read when the dialog opens, and again while a name is typed.
import { getFragment } from "../live/http.js";

const PAUSE_MS = 200;
const LOST = "Baton could not be asked who is there. Close this and open it again.";

class Whom extends HTMLElement {
  #timer = 0; #asked = 0;

  connectedCallback() {
    this.closest("dialog").addEventListener("baton:shown", () => this.#read(""));
    this.addEventListener("input", (event) => {
      if (event.target.matches("[data-search]")) this.#later(event.target.value);
      else this.#count();
    });
    // Enter in the search goes to the first person of that name, once the list is theirs; it never passes on by itself.
    this.addEventListener("keydown", async (event) => {
      if (event.key !== "Enter" || !event.target.matches("[data-search]")) return;
      event.preventDefault();
      if (await this.#read(event.target.value, "[data-people]")) this.querySelector("[data-people] button")?.focus();
    });
    if (this.querySelector(".whom")) this.#ready();
  }

  #later(search) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#read(search, "[data-people]"), PAUSE_MS);
  }

  // Whole at first; while a name is typed only the people, so that the field keeps its focus.
  async #read(search, part = ".whom") {
    clearTimeout(this.#timer);
    const mine = ++this.#asked;
    const old = this.querySelector(part);
    // Who was there at the last opening may be gone.
    if (old && part === ".whom") old.inert = true;
    const address = `${this.dataset.address}?search=${encodeURIComponent(search)}`;
    const found = await getFragment(address, "whom").catch(() => null);
    if (mine !== this.#asked) return false;
    if (!found) return this.#lose(old ?? this);
    const fresh = document.importNode(found.querySelector(part), true);
    if (old) old.replaceWith(fresh);
    else this.replaceChildren(fresh);
    this.#ready();
    return true;
  }

  #lose(place) {
    place.innerHTML = '<p class="dim" role="status"></p>';
    place.firstElementChild.textContent = LOST;
    place.inert = false;
  }

  #ready() {
    // A change of the case must not take the list out of the open dialog.
    this.classList.add("loaded");
    for (const one of this.querySelectorAll("[data-scripted]")) one.hidden = false;
    this.#count();
  }

  #count() {
    const skill = this.querySelector('[name="skill"]');
    if (!skill) return;
    const least = Number(this.querySelector('[name="proficiency"]').value);
    const count = Number(skill.selectedOptions[0].dataset.counts.split(" ")[least - 1]);
    const people = count === 1 ? "1 other person on shift has" : `${count || "Nobody else"}${count ? " others" : ""} on shift ${count ? "have" : "has"}`;
    this.querySelector("[data-on-shift]").textContent = `${people} it at ${least} or better.`;
  }
}

customElements.define("baton-whom", Whom);
