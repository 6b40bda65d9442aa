// <baton-then>: any minute of the last day, by slider, by steps, by keys, or typed in the reader's own time.
import { say } from "../notices/announce.js";
import { onKeys } from "../floor/hearing.js";
import { asLocal } from "../live/time.js";
import { Redrawn } from "./times.js";

const MINUTE_MS = 60_000;

class Then extends Redrawn {
  #newest = 0; #nought = 0;

  connectedCallback() {
    this.#newest = Date.parse(this.dataset.now);
    this.addEventListener("input", () => this.#move());
    this.addEventListener("click", (event) => {
      const step = event.target.closest("[data-step]");
      if (!step) return;
      event.preventDefault();
      this.step(Number(step.dataset.step));
    });
    this.addEventListener("htmx:config:request", ({ detail: { ctx: { request } } }) => {
      const slid = Math.min(this.#newest, this.#nought + this.slider.valueAsNumber * MINUTE_MS);
      request.body.set("at", new Date(request.body.get("at") ?? slid).toISOString());
    });
    this.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => ctx.swap === "none" || this.#shown(ctx.request.action));
    document.addEventListener("baton:swapped", () => this.show());
    super.connectedCallback();
  }

  get slider() { return this.querySelector("[type=range]"); }

  step(minutes) {
    this.slider.valueAsNumber += minutes;
    this.slider.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // An answer that is on its way would put the slider back; the next question follows once the hand rests.
  #move() {
    this.slider.ariaValueText = `${-this.slider.value} minutes ago`;
    for (const form of this.querySelectorAll("form")) form.dispatchEvent(new Event("htmx:abort"));
  }

  // The address follows, so that it can be sent to somebody.
  #shown(address) {
    history.replaceState(history.state, "", address);
    document.dispatchEvent(new CustomEvent("baton:swapped"));
    say(`The floor at ${asLocal(this.dataset.at)}`);
  }

  // Whole minutes are counted from the one that is shown.
  show() {
    const [at, field] = [new Date(this.dataset.at), this.querySelector("#then-at")];
    this.slider.value = Math.round((at - this.#newest) / MINUTE_MS);
    this.#nought = at - this.slider.valueAsNumber * MINUTE_MS;
    const own = new Date(at - at.getTimezoneOffset() * MINUTE_MS);
    if (document.activeElement !== field) field.value = own.toISOString().slice(0, 16);
  }
}

const by = (minutes) => () => document.querySelector("baton-then")?.step(minutes);
onKeys({
  "floor-minute-back": by(-1), "floor-minute-on": by(1),
  "floor-quarter-back": by(-15), "floor-quarter-on": by(15),
});

customElements.define("baton-then", Then);
