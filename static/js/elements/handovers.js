// <baton-handovers>: who asks for a case that somebody holds, on every page, with the seconds that are left.
import { say } from "../notices/announce.js";
import { keepLines } from "../notices/bell.js";
import { follow } from "../live/follow.js";
import { prepare } from "../desk/swap.js";
import { everySecond, secondsUntil } from "../live/time.js";
import { verbOf } from "../commands/verbs.js";

const KINDS = new Set(["asked", "kept", "given", "taken", "resync"]);

class Handovers extends HTMLElement {
  #part = null; #readAt = 0;

  connectedCallback() {
    this.#part = follow({
      address: () => this.dataset.address,
      part: "handovers",
      beside: true,
      take: (fresh) => this.#show([...fresh.querySelectorAll("[data-handover]")]),
      frames: { notice: ({ kind }) => KINDS.has(kind) },
    });
    document.addEventListener("baton:answer", ({ detail }) => verbOf(detail.frame.command).rereads === "handovers" && this.read());
    everySecond(() => this.#isOver() && Date.now() - this.#readAt > 1500 && this.read());
  }

  read() {
    this.#readAt = Date.now();
    this.#part.read();
  }

  #show(fresh) {
    const list = this.querySelector("ol");
    const [known, hadFocus] = [new Set(list.children), list.matches(":focus-within")];
    for (const item of keepLines(list, fresh, "handover")) if (!known.has(item)) this.#greet(item);
    const isLost = hadFocus && !list.matches(":focus-within");
    if (isLost) document.querySelector("baton-offers")?.giveBack();
  }

  #greet(item) {
    prepare(item);
    say(`${item.querySelector("p").textContent.trim()}${item.querySelector("button") ? " O goes to it." : ""}`);
  }

  #isOver = () => [...this.querySelectorAll("baton-clock")].some((clock) => secondsUntil(clock.dataset.until) <= 0);
}

customElements.define("baton-handovers", Handovers);
