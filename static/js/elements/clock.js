// <baton-clock data-until>: counts down in place, and with data-ends no further than to zero; in a struck row not at all. It speaks at 5:00 and at zero only, and only in the open case. Past data-again the case is read anew.
import { say } from "../notices/announce.js";
import { asClock, now, secondsUntil } from "../live/time.js";
import { Ticking } from "./times.js";

const SOON_S = 300;

class Clock extends Ticking {
  show(maySpeak) {
    if (maySpeak && secondsUntil(this.dataset.again ?? "") < 0) {
      delete this.dataset.again;
      document.dispatchEvent(new CustomEvent("baton:again"));
    }
    const left = secondsUntil(this.dataset.until ?? ""), left_ms = Date.parse(this.dataset.until) - now();
    if (Number.isNaN(left)) return;
    // At the end itself, not with the tick after it, what the end takes away is gone.
    if (left_ms > 0 && left_ms < 1000) setTimeout(() => this.isConnected && this.tell(maySpeak), left_ms);
    const state = left_ms <= 0 ? "over" : left < SOON_S ? "soon" : "ok";
    const place = this.querySelector(".t") ?? this;
    if (this.closest('[data-gone=""]')) return;
    const words = left < 0 && "ends" in this.dataset ? asClock(0) : left < 0 ? `over ${asClock(left)}` : asClock(left);
    if (place.textContent !== words) place.textContent = words;
    if (!("plain" in this.dataset) && this.dataset.state !== state) this.dataset.state = state;
    if (this.dataset.uiState === state) return;
    const before = this.dataset.uiState;
    this.dataset.uiState = state;
    const pre = this.querySelector(".t-pre");
    if (pre) pre.textContent = left < 0 ? "Over time by" : "Time left";
    if (maySpeak && before && "speak" in this.dataset) say(state === "over" ? "This case is over time" : "5 minutes left");
  }
}

customElements.define("baton-clock", Clock);
