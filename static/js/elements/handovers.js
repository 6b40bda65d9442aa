// <baton-handovers>: who asks for a case that somebody holds, on every page, with the seconds that are left.
import { say } from "../announce.js";
import { follow } from "../follow.js";
import { prepare } from "../swap.js";
import { everySecond, secondsUntil } from "../time.js";
import { verbOf } from "../verbs.js";

const KINDS = new Set(["asked", "kept", "given", "taken", "resync"]);

class Handovers extends HTMLElement {
  #part = null; #readAt = 0;

  connectedCallback() {
    this.#part = follow({
      address: () => this.dataset.address,
      part: "handovers",
      take: (fresh) => this.#show([...fresh.querySelectorAll("[data-handover]")]),
      frames: { notice: ({ kind }) => KINDS.has(kind) },
    });
    document.addEventListener("baton:answer", ({ detail }) => verbOf(detail.frame.command).rereads === "handovers" && this.read());
    everySecond(() => this.#isOver() && Date.now() - this.#readAt > 1500 && this.read());
    this.read();
  }

  read() {
    this.#readAt = Date.now();
    this.#part.read();
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
