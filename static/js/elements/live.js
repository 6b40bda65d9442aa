// <baton-live>: says in words whether this screen is current, and signs out when the server closes the door.
import { isSignedOut, toSignIn } from "../live/http.js";
import { connection, onFrame, onState } from "../live/live.js";

const WORDS = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  "catching-up": "Catching up",
  stale: "Not live",
};
const STALE = "Baton has not been heard for 10 s. You can read on; deciding waits until it is back.";
const DECIDING = "form.command button:not([type=button]), #briefing :is(.acts, .bottom-bar) button, .toast [data-act=undo]";
const OFF = "Waits until Baton is live again";

class Live extends HTMLElement {
  connectedCallback() {
    onState((state) => this.#show(state));
    connection.addEventListener("closed", (event) => this.#closed(event.detail));
    onFrame("hello", (frame) => this.#greet(frame));
    onFrame("notice", ({ kind }) => kind === "signed_out" && toSignIn("ended"));
    document.addEventListener("baton:swapped", () => this.#switchButtons());
    this.#show(connection.state);
  }

  #show(state) {
    this.dataset.state = state;
    this.querySelector("[data-conn-text]").textContent = WORDS[state];
    document.documentElement.dataset.live = state;
    const banner = document.getElementById("stale");
    banner.textContent = state === "stale" ? STALE : "";
    banner.hidden = state !== "stale";
    this.#switchButtons();
  }

  // Only buttons that we switched off are switched on again: the server has reasons of its own.
  #switchButtons() {
    const isOff = connection.state === "stale";
    for (const button of document.querySelectorAll(DECIDING)) {
      if (isOff && !button.disabled) {
        button.disabled = true;
        button.dataset.uiOff = button.title;
        button.title = OFF;
      } else if (!isOff && "uiOff" in button.dataset) {
        button.disabled = false;
        button.title = button.dataset.uiOff;
        delete button.dataset.uiOff;
      }
    }
  }

  // Said once, and never over an undo.
  #greet(frame) {
    this.build ??= frame.build;
    const toasts = document.getElementById("toasts");
    if (frame.build === this.build || toasts?.firstElementChild) return;
    this.build = frame.build;
    toasts?.tell("A newer Baton is running. Load the page afresh when it suits you.");
  }

  async #closed({ code, opened, failures }) {
    if (code === 4401) return toSignIn("ended");
    // A refused handshake tells a browser nothing, so ask whether we are still somebody.
    if (!opened && failures % 3 === 1 && (await isSignedOut().catch(() => false))) toSignIn("ended");
  }
}

customElements.define("baton-live", Live);
