// <baton-floor>: the board follows by itself. What is picked, focused or typed stays; dialogs are not touched.
import "../floor/dragging.js";
import { follow } from "../live/follow.js";
import { morphed } from "../desk/swap.js";
import { asClock, secondsUntil } from "../live/time.js";
import { Redrawn, Ticking } from "./times.js";

const AGAIN_MS = 30_000;

class Floor extends HTMLElement {
  #part = null;

  connectedCallback() {
    this.#part = follow({
      address: () => this.#address,
      part: "div#board",
      take: (page) => this.#put(page.getElementById("board")),
      frames: { floor: () => !this.#isStill },
      isStill: () => this.#isStill,
      polls: false,
    });
    // The address says which cases stand in the table, so that it is followed and can be sent to somebody.
    this.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
      if (ctx.swap === "none" || ctx.target?.id !== "board") return;
      history.replaceState(history.state, "", ctx.request.action);
      // What a queue or a person holds opens in the table of cases, which may stand far above.
      if (ctx.sourceElement?.closest?.(".floor-queues, .floor-people")) this.querySelector("#h-late").focus();
      document.dispatchEvent(new CustomEvent("baton:swapped"));
    });
    document.addEventListener("baton:done", () => this.#follow());
    document.addEventListener("visibilitychange", () => this.#follow());
    // A lost answer is asked for again at the next hint or half minute.
    setInterval(() => this.#follow(), AGAIN_MS);
  }

  // A moment of the past stands still, and a hidden board is read when it is looked at again.
  get #isStill() { return "past" in this.dataset || document.hidden; }

  // With the rows that stand here: of these only their places come back.
  get #address() {
    const had = [...this.querySelectorAll("#people [data-stamp]")].map((row) => row.dataset.stamp).join(".");
    return `${this.dataset.address}${location.search}${had && `${location.search ? "&" : "?"}had=${had}`}`;
  }

  #follow() { if (!this.#isStill) this.#part.read(); }

  // Where a browser cannot move an element without blurring it, the hand is given back what it was on.
  #put(fresh) {
    const [old, hand] = [document.getElementById("board"), document.activeElement];
    if (!fresh || !old) return;
    for (const place of fresh.querySelectorAll("[data-same]")) {
      const row = document.getElementById(place.id);
      // It left by an answer that came between: asked for again, it comes whole.
      if (!row) return this.#part.soon();
      place.replaceWith(row.cloneNode(true));
    }
    morphed(old, document.importNode(fresh, true));
    if (document.activeElement !== hand) document.getElementById(hand.id)?.focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("baton:swapped"));
  }
}

// How long something waits already, counting up.
class Since extends Ticking {
  show() {
    const time = this.querySelector("time");
    if (time) time.textContent = asClock(Math.min(0, secondsUntil(time.dateTime)));
  }
}

const day = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

class Day extends Redrawn {
  show() {
    const time = this.querySelector("time");
    if (time) time.textContent = day.format(new Date(time.dateTime));
  }
}

customElements.define("baton-floor", Floor);
customElements.define("baton-since", Since);
customElements.define("baton-day", Day);
