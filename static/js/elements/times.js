// <baton-ago>, <baton-time>, <baton-meter>: the server's text stands until the browser knows better.
import { ago, asLocal, everySecond, now } from "../live/time.js";

const TIMES = ["datetime", "data-until", "data-at"];

// What is drawn into it again, by a swap or a morph, is said in its own words before anybody sees the server's: an
// observer is asked before the next frame.
class Said extends HTMLElement {
  #drawn = new MutationObserver(() => this.tell(false));

  connectedCallback() {
    this.#drawn.observe(this, { childList: true, characterData: true, subtree: true, attributeFilter: TIMES });
    this.tell(false);
  }

  disconnectedCallback() { this.#drawn.disconnect(); }

  tell(maySpeak) {
    this.show(maySpeak);
    this.#drawn.takeRecords();
  }
}

export class Ticking extends Said {
  connectedCallback() {
    this.stop = everySecond(() => this.tell(true));
    super.connectedCallback();
  }

  disconnectedCallback() {
    this.stop?.();
    super.disconnectedCallback();
  }
}

export class Redrawn extends Said {}

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
    if (time) time.textContent = asLocal(time.dateTime, "seconds" in time.dataset);
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
