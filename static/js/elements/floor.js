// <baton-floor>: the board follows by itself. What is picked, focused or typed stays; dialogs are not touched.
import { say } from "../announce.js";
import { getFragment } from "../http.js";
import { onFrame, onState } from "../live.js";
import { keepRows } from "../picking.js";
import { asClock, asLocal, everySecond, secondsUntil } from "../time.js";

const AGAIN_MS = 30_000;
let morph = null;

htmx.registerExtension("baton-floor", { init: (api) => { morph = api.morph; } });

class Floor extends HTMLElement {
  #loading = null; #timer = 0; #wanted = "";

  connectedCallback() {
    this.#wanted = location.search;
    onFrame("floor", () => this.#follow());
    onState((state) => state === "catching-up" && this.#follow());
    document.addEventListener("baton:floor", () => this.#follow());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#follow());
    if (!this.isPast) this.#later();
  }

  get isPast() { return "past" in this.dataset; }

  // Another minute of the past: the address follows, so that it can be sent to somebody.
  async show({ search, at }) {
    this.#wanted = search;
    const answer = await this.#read();
    if (answer === "superseded") return;
    if (answer === "lost") return document.getElementById("toasts").tell("That minute could not be read. Try again.");
    history.replaceState(history.state, "", this.dataset.address + search);
    say(`The floor at ${asLocal(at)}`);
  }

  #follow() {
    if (!this.isPast && !document.hidden) this.#read();
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#follow(), AGAIN_MS);
  }

  // The newest question wins; a lost answer is asked for again at the next hint or half minute.
  async #read() {
    this.#loading?.abort();
    const mine = this.#loading = new AbortController();
    try {
      const page = await getFragment(this.dataset.address + this.#wanted, "div#board", mine.signal);
      if (mine !== this.#loading) return "superseded";
      this.#put(page.getElementById("board"));
      return "read";
    } catch {
      return mine === this.#loading ? "lost" : "superseded";
    } finally {
      if (mine === this.#loading && !this.isPast) this.#later();
    }
  }

  #put(fresh) {
    const old = document.getElementById("board");
    if (!fresh || !old) return;
    const restore = keepRows();
    const fragment = document.createDocumentFragment();
    fragment.append(document.importNode(fresh, true));
    morph(old, fragment, false);
    const board = document.getElementById("board");
    htmx.process(board);
    // The morph brought the server's words for times back.
    for (const one of board.querySelectorAll("baton-time, baton-day")) one.connectedCallback();
    restore();
    document.dispatchEvent(new CustomEvent("baton:swapped"));
  }
}

// How long something waits already, counting up.
class Since extends HTMLElement {
  connectedCallback() {
    this.stop = everySecond(() => this.show());
    this.show();
  }

  disconnectedCallback() {
    this.stop?.();
  }

  show() {
    const time = this.querySelector("time");
    if (time) time.textContent = asClock(Math.min(0, secondsUntil(time.dateTime)));
  }
}

const day = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

class Day extends HTMLElement {
  connectedCallback() {
    const time = this.querySelector("time");
    if (time) time.textContent = day.format(new Date(time.dateTime));
  }
}

customElements.define("baton-floor", Floor);
customElements.define("baton-since", Since);
customElements.define("baton-day", Day);

// Asked for by the time machine.
document.addEventListener("baton:then", ({ detail }) => document.querySelector("baton-floor")?.show(detail));
