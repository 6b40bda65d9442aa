// <baton-toasts>: what was done last, the seconds left by the server's clock, and Undo; a word of something else stands below it.
import { say } from "../notices/announce.js";
import { everySecond, inSeconds, secondsUntil } from "../live/time.js";
import { onFrame } from "../live/live.js";
import { dropWhere, putBy, takeBack } from "../notices/earlier.js";
import { hint } from "../notices/hint.js";
import { prune } from "../desk/rows.js";

const [STAY_MS, LOOK_MS, PART_S, PART] = [6000, 400, 8, "It waits for another person. Nothing has left."];

class Toasts extends HTMLElement {
  #pending = null; #leaving = 0; #backAt = -LOOK_MS;
  connectedCallback() {
    everySecond(() => this.#count());
    onFrame("row", (frame) => this.#heard(frame));
    this.addEventListener("click", (event) => event.target.closest("[data-act=undo]") && this.undo());
    if (this.firstElementChild) say(this.textContent.trim()), this.#leaveLater();
  }

  // After a case was given up, which its person may take up again for so many seconds.
  gaveUp = ({ answer, seconds, again = "yours again.", ...given }) => this.show({ ...given, again, answer: { ...answer, effective_at: inSeconds(seconds) } });

  // After a decision. Without an undo time it is on its way already; one's part of it can be taken back until the others agree.
  show({ answer, said, escalation, row, again }) {
    if (!again && answer.state === "second") return this.gaveUp({ answer, said, escalation, row, seconds: PART_S, again: PART });
    const whole_s = answer.effective_at ? secondsUntil(answer.effective_at) : 0;
    if (row && whole_s > 0) row.dataset.uiUndo = "";
    const toast = this.#fresh(said);
    if (whole_s <= 0) return this.#sent(toast);
    this.#stand({ answer, escalation, row, whole_s, said, again });
  }

  // What can still be undone stays as it stands.
  tell(text) {
    const stands = this.#pending ? [this.firstElementChild] : [];
    const toast = this.#fresh(text, stands);
    for (const part of toast.querySelectorAll("[data-act=undo], progress")) part.remove();
    say(text);
    stands.length ? setTimeout(() => toast.remove(), STAY_MS) : this.#leaveLater();
  }

  undo() {
    if (!this.#pending) return this.#bringBack() || hint("There is nothing to undo.");
    if (performance.now() - this.#backAt < LOOK_MS) return hint("Not done: this is the one before. Press again to undo it.");
    document.dispatchEvent(new CustomEvent("baton:undo", { detail: this.#pending }));
    // Its row keeps its place until the answer is there.
    this.#pending = null;
  }

  // What was decided of another case since stays.
  clear(escalation) {
    if (this.#pending && this.#pending.escalation !== escalation) return;
    this.#settle();
    this.replaceChildren();
    this.#bringBack();
  }

  // What was decided before and can be undone still stands again.
  #bringBack() {
    const before = takeBack();
    if (!before) return false;
    this.#fresh(before.said);
    this.#backAt = performance.now();
    return this.#stand(before);
  }

  #stand(pending) {
    this.#pending = pending;
    say(`${pending.said.replace(/\.$/, "")}. ${secondsUntil(pending.answer.effective_at)} seconds to undo with Z.`);
    this.#count();
    return true;
  }

  // Taken back on another screen, called back by what the customer wrote, or cancelled: it does not leave.
  #heard({ escalation, version, html }) {
    const isOver = (one) => one?.escalation === escalation && !one.again && !html?.includes('data-state="decided"') && Number(version) > Number(one.answer.version);
    dropWhere(isOver);
    if (!isOver(this.#pending)) return;
    this.#settle();
    this.tell("Your answer was taken back before it left: nothing of it was sent.");
  }

  #fresh(text, stands = []) {
    if (!stands.length) putBy(this.#pending), this.#settle();
    clearTimeout(this.#leaving);
    this.replaceChildren(...stands, document.getElementById("toast-template").content.firstElementChild.cloneNode(true));
    this.lastElementChild.querySelector("[data-said]").textContent = text;
    return this.lastElementChild;
  }

  #count() {
    if (!this.#pending) return;
    const [{ again, answer, escalation, row, whole_s }, toast] = [this.#pending, this.firstElementChild];
    const left = secondsUntil(answer.effective_at);
    if (left <= 0) return again ? this.clear(escalation) : this.#sent(toast);
    const which = row ? `BTN-${row.dataset.number}, ` : "";
    toast.querySelector("[data-left]").textContent = again ? `Undo within ${left} s: ${which}${again}` : `Leaves in ${left} s: ${which}not sent yet.`;
    toast.querySelector("progress").value = left / whole_s;
  }

  #sent(toast, how = "On its way to the agent.") {
    toast.querySelector("[data-left]").textContent = how;
    for (const part of toast.querySelectorAll("[data-act=undo], progress")) part.remove();
    this.#settle();
    this.#leaveLater();
  }

  #settle() {
    if (this.#pending?.row) delete this.#pending.row.dataset.uiUndo;
    this.#pending = null;
    prune();
  }

  #leaveLater() {
    clearTimeout(this.#leaving);
    this.#leaving = setTimeout(() => this.replaceChildren(), STAY_MS);
  }
}

customElements.define("baton-toasts", Toasts);
