// <baton-handovers>: who asks for a case that somebody holds, on every page, with the seconds that are left.
import { say } from "../announce.js";
import { getFragment } from "../http.js";
import { connection, onFrame, onState } from "../live.js";
import { prepare } from "../swap.js";
import { everySecond, secondsUntil } from "../time.js";

const KINDS = new Set(["asked", "kept", "given", "taken", "resync"]);
const COMMANDS = new Set(["ask_handover", "keep_handover", "give_handover"]);
const POLL_MS = 10_000;

class Handovers extends HTMLElement {
  #asked = 0; #readAt = 0;

  connectedCallback() {
    onFrame("notice", ({ kind }) => KINDS.has(kind) && this.read());
    onState((state) => state === "catching-up" && this.read());
    document.addEventListener("baton:answer", ({ detail }) => COMMANDS.has(detail.frame.command) && this.read());
    setInterval(() => connection.isLive || document.hidden || this.read(), POLL_MS);
    everySecond(() => this.#isOver() && Date.now() - this.#readAt > 1500 && this.read());
    this.read();
  }

  async read() {
    const mine = ++this.#asked;
    this.#readAt = Date.now();
    try {
      const fresh = await getFragment(this.dataset.address, "handovers");
      if (mine === this.#asked) this.#show([...fresh.querySelectorAll("[data-handover]")]);
    } catch {
      // Read again with the next notice, poll or reconnect.
    }
  }

  #show(wanted) {
    const names = new Set(wanted.map((one) => one.dataset.handover));
    for (const known of this.#items()) if (!names.has(known.dataset.handover)) this.#end(known);
    const shown = new Set(this.#items().map((one) => one.dataset.handover));
    for (const one of wanted) if (!shown.has(one.dataset.handover)) this.#add(document.importNode(one, true));
  }

  #add(item) {
    prepare(item);
    this.querySelector("ol").append(item);
    say(`${item.querySelector("p").textContent.trim()}${item.querySelector("button") ? " O goes to it." : ""}`);
  }

  #end(item) {
    const hadFocus = item.contains(document.activeElement);
    item.remove();
    if (hadFocus) document.querySelector("baton-offers")?.giveBack();
  }

  #items = () => [...this.querySelectorAll("[data-handover]")];

  #isOver() {
    return [...this.querySelectorAll("baton-clock")].some((clock) => secondsUntil(clock.dataset.until) <= 0);
  }
}

customElements.define("baton-handovers", Handovers);
