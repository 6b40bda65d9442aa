// <baton-mentions>: after an @, offers those who may read the case; the one that is chosen is written in.
import { getFragment } from "../live/http.js";

const BEGUN = /(?<![\w.+@-])@([\w.+-]*)$/;
const PAUSE_MS = 150;

class Mentions extends HTMLElement {
  #timer = 0;

  // Not on coming into the page, where it may come back to.
  constructor() {
    super();
    this.addEventListener("input", () => this.#soon());
    this.addEventListener("click", ({ target }) => this.#take(target.closest("[data-name]")));
    this.addEventListener("keydown", (event) => {
      const first = this.#people.firstElementChild;
      const isAsked = event.key === "Tab" && !event.shiftKey && event.target === this.#area && first;
      if (!isAsked) return;
      event.preventDefault();
      this.#take(first);
    });
  }

  get #area() { return this.querySelector("textarea"); }
  get #people() { return this.querySelector("#readers"); }
  get #begun() { return this.#area.value.slice(0, this.#area.selectionStart).match(BEGUN)?.[1]; }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#offer(), PAUSE_MS);
  }

  async #offer() {
    const begun = this.#begun;
    const address = `${this.dataset.address}?${new URLSearchParams({ begun })}`;
    const page = begun === undefined ? null : await getFragment(address, "readers").catch(() => null);
    // Whoever wrote on meanwhile is offered others.
    if (begun === this.#begun) this.#people.replaceChildren(...(page?.getElementById("readers").children ?? []));
  }

  #take(chosen) {
    if (!chosen) return;
    const area = this.#area;
    const until = area.selectionStart;
    area.setRangeText(`@${chosen.dataset.name} `, until - this.#begun.length - 1, until, "end");
    this.#people.replaceChildren();
    area.focus();
  }
}

customElements.define("baton-mentions", Mentions);
