// <baton-ago>, <baton-time>, <baton-meter>: the server's text stands until the browser knows better.
import { ago, asLocal, everySecond, now } from "../live/time.js";

export class Ticking extends HTMLElement {
  connectedCallback() {
    this.stop = everySecond(() => this.show(true));
    this.show(false);
  }

  disconnectedCallback() { this.stop?.(); }
}

// A morph brings the server's words back.
export class Redrawn extends HTMLElement {
  #again = () => this.show();

  connectedCallback() {
    document.addEventListener("baton:swapped", this.#again);
    this.show();
  }

  disconnectedCallback() { document.removeEventListener("baton:swapped", this.#again); }
}

class Ago extends Ticking {
  show() {
    const time = this.querySelector("time");
    if (!time) return;
    const words = ago(time.dateTime);
    if (time.textContent !== words) time.textContent = words;
    time.title = asLocal(time.dateTime);
  }
}

class Local extends Redrawn {
  show() {
    const time = this.querySelector("time");
    if (time) time.textContent = asLocal(time.dateTime);
  }
}

// How much of a span is left.
class Meter extends Ticking {
  show() {
    const meter = this.querySelector("meter");
    const [from, until] = [Date.parse(this.dataset.from), Date.parse(this.dataset.until)];
    if (!meter || !(until > from)) return;
    const share = Math.max(0, Math.min(1, (until - now()) / (until - from)));
    meter.value = meter.min + share * (meter.max - meter.min);
  }
}

customElements.define("baton-ago", Ago);
customElements.define("baton-time", Local);
customElements.define("baton-meter", Meter);
