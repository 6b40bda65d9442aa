// <baton-then>: any minute of the last day, by slider, by steps, by the keys [ and ], or typed in the reader's own time.
import { say } from "../notices/announce.js";

const PAUSE_MS = 150;
const MINUTE_MS = 60_000;
const ELSEWHERE = "input:not([type=range]), textarea, select, dialog";

class Then extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    this.slider.hidden = false;
    this.querySelector("[data-zone]").textContent = "Minute";
    this.#draw(Date.parse(this.dataset.at));
    this.slider.addEventListener("input", () => this.#go(this.newest + Number(this.slider.value) * MINUTE_MS));
    this.addEventListener("click", (event) => {
      const step = event.target.closest("[data-step]");
      if (!step) return;
      event.preventDefault();
      this.step(Number(step.dataset.step));
    });
    this.addEventListener("submit", (event) => { event.preventDefault(); this.#typed(); });
  }

  get slider() { return this.querySelector("[data-slider]"); }
  get newest() { return Date.parse(this.dataset.now); }

  step(minutes) {
    this.#go(Date.parse(this.dataset.at) + minutes * MINUTE_MS);
  }

  #typed() {
    const at = new Date(this.querySelector("#then-at").value).getTime();
    Number.isNaN(at) ? say("That is no time") : this.#go(at);
  }

  // Within the last 24 hours; the board follows once the hand rests.
  #go(wanted) {
    const at = Math.min(this.newest, Math.max(this.newest - 1440 * MINUTE_MS, wanted));
    this.dataset.at = new Date(at).toISOString();
    this.#draw(at);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#show(at), PAUSE_MS);
  }

  #show(at) {
    const query = new URLSearchParams(location.search);
    query.set("at", new Date(at).toISOString());
    document.dispatchEvent(new CustomEvent("baton:then", { detail: { search: `?${query}`, at: this.dataset.at } }));
  }

  #draw(at) {
    const back = Math.round((at - this.newest) / MINUTE_MS);
    const own = new Date(at - new Date(at).getTimezoneOffset() * MINUTE_MS);
    this.slider.value = back;
    this.slider.setAttribute("aria-valuetext", `${-back} minutes ago`);
    this.querySelector("#then-at").value = own.toISOString().slice(0, 16);
    for (const button of this.querySelectorAll("[data-step]")) {
      const to = at + Number(button.dataset.step) * MINUTE_MS;
      button.disabled = to > this.newest || to < this.newest - 1440 * MINUTE_MS;
    }
  }
}

document.addEventListener("keydown", (event) => {
  const by = { "[": -1, "]": 1, "{": -15, "}": 15 }[event.key];
  const isOff = event.ctrlKey || event.metaKey || document.documentElement.dataset.keys === "off";
  const then = document.querySelector("baton-then");
  if (!then || !by || isOff || event.target.closest?.(ELSEWHERE)) return;
  event.preventDefault();
  then.step(by);
});

customElements.define("baton-then", Then);
