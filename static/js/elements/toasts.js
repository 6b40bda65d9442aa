// <baton-toasts>: what was done last, the seconds left by the server's clock, and Undo; a word of something else stands below it.
import { say } from "../notices/announce.js";
import { everySecond, inSeconds, secondsUntil } from "../live/time.js";
import { onFrame } from "../live/live.js";
import { prune } from "../desk/rows.js";

const STAY_MS = 6000;

class Toasts extends HTMLElement {
  #pending = null; #leaving = 0;
  connectedCallback() {
    everySecond(() => this.#count());
    onFrame("row", (frame) => this.#heard(frame));
    this.addEventListener("click", (event) => event.target.closest("[data-act=undo]") && this.undo());
    if (this.firstElementChild) say(this.textContent.trim()), this.#leaveLater();
  }

  // After a decision. Without an undo time it is on its way already.
  show({ answer, said, escalation, row }) {
    const left = answer.effective_at ? secondsUntil(answer.effective_at) : 0;
    if (row && left > 0) row.dataset.uiUndo = "";
    const toast = this.#fresh(said);
    if (answer.state === "second") return this.#sent(toast, "It waits for another person. Nothing has left.");
    if (left <= 0) return this.#sent(toast);
    this.#pending = { answer, escalation, row, whole_s: left };
    say(`${said}. ${left} seconds to undo with Z.`);
    this.#count();
  }

  // After a case was given up, which its person may take up again for so many seconds.
  gaveUp({ answer, said, escalation, row, seconds }) {
    this.#fresh(said);
    if (row) row.dataset.uiUndo = "";
    this.#pending = { answer: { ...answer, effective_at: inSeconds(seconds) }, escalation, row, whole_s: seconds, again: true };
    say(`${said} ${seconds} seconds to undo with Z.`);
    this.#count();
  }

  // What can still be undone stays as it stands.
  tell(text) {
    const stands = this.#pending ? [this.firstElementChild] : [];
    const toast = this.#fresh(text, stands);
    toast.querySelector("[data-act=undo]").remove();
    toast.querySelector("progress").remove();
    say(text);
    stands.length ? setTimeout(() => toast.remove(), STAY_MS) : this.#leaveLater();
  }

  undo() {
    if (!this.#pending) return say("Nothing to undo");
    const pending = this.#pending;
    // Its row keeps its place until the answer is there.
    this.#pending = null;
    document.dispatchEvent(new CustomEvent("baton:undo", { detail: pending }));
  }

  // What was decided of another case since stays.
  clear(escalation) {
    if (this.#pending && this.#pending.escalation !== escalation) return;
    this.#settle();
    this.replaceChildren();
  }

  // Taken back on another screen, called back by what the customer wrote, or cancelled: it does not leave.
  #heard({ escalation, version, html }) {
    const { answer, escalation: mine, again } = this.#pending ?? {};
    const isDecided = html?.includes('data-state="decided"');
    if (escalation !== mine || again || isDecided || Number(version) <= Number(answer.version)) return;
    this.#settle();
    this.tell("Your answer was taken back before it left: nothing of it was sent.");
  }

  #fresh(text, stands = []) {
    if (!stands.length) this.#settle();
    clearTimeout(this.#leaving);
    const toast = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
    toast.querySelector("[data-said]").textContent = text;
    this.replaceChildren(...stands, toast);
    return toast;
  }

  #count() {
    if (!this.#pending) return;
    const left = secondsUntil(this.#pending.answer.effective_at);
    const toast = this.firstElementChild;
    const { again } = this.#pending;
    if (left <= 0) return again ? this.clear(this.#pending.escalation) : this.#sent(toast);
    const words = again ? `Undo within ${left} s: it is yours again.` : `Leaves in ${left} s. Nothing has reached the agent yet.`;
    toast.querySelector("[data-left]").textContent = words;
    toast.querySelector("progress").value = left / this.#pending.whole_s;
  }

  #sent(toast, how = "On its way to the agent.") {
    toast.querySelector("[data-left]").textContent = how;
    toast.querySelector("[data-act=undo]")?.remove();
    toast.querySelector("progress")?.remove();
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
