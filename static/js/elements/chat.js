// <baton-chat>: what is said while people have the conversation, read again whenever somebody spoke.
import { say } from "../notices/announce.js";
import { follow } from "../live/follow.js";
import { connection, onFrame } from "../live/live.js";
import { morphed } from "../desk/swap.js";

const NEAR_PX = 80;
const TYPING_MS = { said: 3000, shown: 6000 };

class Chat extends HTMLElement {
  #part = null; #notes = null; #typing = 0; #typedAt = -Infinity; #readTo = 0;

  connectedCallback() {
    this.#part ??= follow({
      address: () => this.dataset.address,
      part: "said-log",
      take: (page) => this.#take(page.getElementById("said-log")),
      frames: { spoken: ({ escalation }) => escalation === this.dataset.escalation },
      isStill: () => !this.isConnected,
      pause_ms: 0,
    });
    this.#toEnd();
    this.noted();
    this.#readTo = Number(this.#log?.dataset.last);
    this.addEventListener("input", ({ timeStamp, target }) => {
      if (target.value) this.#tell(timeStamp);
      this.read();
    });
  }

  // The customer sees that somebody writes: said at the start and every 3 s while it goes on.
  #tell(at) {
    if (at - this.#typedAt < TYPING_MS.said) return;
    this.#typedAt = at;
    connection.tell({ type: "typing", escalation: this.dataset.escalation });
  }

  types(shown_ms = TYPING_MS.shown) {
    const line = this.querySelector(".typing > span");
    clearTimeout(this.#typing);
    if (line) line.hidden = !shown_ms;
    if (shown_ms) this.#typing = setTimeout(() => this.types(0), shown_ms);
  }

  get #log() { return this.querySelector("#said-log"); }

  #take(fresh) {
    const log = this.#log;
    if (!fresh || !log) return;
    const [before, isNear] = [Number(log.dataset.last), log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX];
    const isOlder = Number(fresh.dataset.last) < before;
    if (isOlder || (Number(fresh.dataset.last) === before && fresh.dataset.fared === log.dataset.fared)) return;
    const heard = [...fresh.querySelectorAll(".theirs[data-number]")].filter(({ dataset }) => Number(dataset.number) > before);
    morphed(log, document.importNode(fresh, true));
    if (isNear) this.#toEnd();
    if (heard.length) this.types(0);
    for (const turn of heard) say(turn.textContent.trim());
    this.noted();
    this.read();
  }

  // A private note stands among them without a number; it comes with the case that is read again.
  noted() {
    const notes = [...this.querySelectorAll("#said-log .aside")];
    const isNew = notes.length > (this.#notes ?? notes.length);
    this.#notes = notes.length;
    if (!isNew) return;
    say(notes.at(-1).textContent.trim());
    this.#toEnd();
  }

  // Handing back says up to where it was read: what came under a dialog, in another tab or out of view was not.
  read() {
    if (this.#isEndSeen) this.#readTo = Number(this.#log.dataset.last);
    for (const field of document.querySelectorAll('input[name="read_to"]')) field.value = this.#readTo;
    const isBehind = this.#readTo < Number(this.#log?.dataset.last);
    const isWriting = this.querySelector("textarea")?.value.trim();
    for (const line of document.querySelectorAll("[data-heard]")) {
      line.textContent = isBehind ? line.dataset.heard : isWriting ? line.dataset.unsent : "";
    }
  }

  get #isEndSeen() {
    const [log, last] = [this.#log, this.#log?.lastElementChild?.getBoundingClientRect()];
    if (!last || document.hidden || document.querySelector("dialog[open]")) return false;
    return last.bottom > 0 && last.top < Math.min(innerHeight, log.getBoundingClientRect().bottom);
  }

  sent(form) {
    this.read();
    form.elements.text.focus({ preventScroll: true });
    this.#part.soon(0);
  }

  #toEnd() {
    const log = this.#log;
    if (log) log.scrollTop = log.scrollHeight;
  }
}

customElements.define("baton-chat", Chat);

for (const moment of ["visibilitychange", "scroll", "close", "baton:swapped"]) {
  addEventListener(moment, () => document.querySelector("baton-chat")?.read(), true);
}

onFrame("typing", ({ escalation, by }) => {
  const chat = document.querySelector("baton-chat");
  if (by === "customer" && chat?.dataset.escalation === escalation) chat.types();
});

document.addEventListener("baton:answer", ({ detail: { answer, frame, form } }) => {
  if (frame.command === "say" && answer.type === "ack") form.closest("baton-chat")?.sent(form);
});

document.addEventListener("baton:swapped", () => document.querySelector("baton-chat")?.noted());
