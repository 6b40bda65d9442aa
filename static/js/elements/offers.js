// <baton-offers>: what is offered to this person, on every page. It never takes the focus.
import { say } from "../notices/announce.js";
import { openEscalation } from "../desk/briefing.js";
import { notify } from "../notices/device.js";
import { follow } from "../live/follow.js";
import { prepare } from "../desk/swap.js";

const SENTENCE_MS = 8000;

class Offers extends HTMLElement {
  #part = null; #from = null;

  connectedCallback() {
    const concerns = ({ escalation }) => this.#cardOf(escalation);
    this.#part = follow({
      address: () => this.dataset.address,
      part: "offers",
      beside: true,
      take: (fresh) => this.#show(fresh),
      frames: { notice: ({ kind }) => kind === "offer" || kind === "resync", row: concerns, gone: concerns },
    });
    this.addEventListener("click", (event) => event.target.closest("[data-decline]") && this.#turnDecline(event.target.closest(".offer")));
    this.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("baton:opened", () => this.#count());
  }

  read() { return this.#part.read(); }

  #show(fresh) {
    const wanted = new Map([...fresh.querySelectorAll("[data-offer]")].map((card) => [card.dataset.offer, card]));
    for (const known of this.#cards()) if (!wanted.has(known.dataset.offer)) this.#end(known, fresh);
    const names = new Set(this.#cards().map((card) => card.dataset.offer));
    for (const [name, card] of wanted) if (!names.has(name)) this.#add(document.importNode(card, true));
    for (const known of this.#cards()) this.#prolong(known, wanted.get(known.dataset.offer));
    this.#count();
  }

  #add(card) {
    prepare(card);
    // What somebody gave lies on top.
    if ("given" in card.dataset) this.#list().prepend(card); else this.#list().append(card);
    const until = new Date(Date.now() + Number(card.dataset.seconds) * 1000).toLocaleTimeString([], { timeStyle: "medium" });
    notify(card.dataset.offer, `A case waits for your answer until ${until}.`, `/escalations/${card.dataset.escalation}/`);
    say(`${"given" in card.dataset ? "Given" : "Offered"} to you: ${card.querySelector("h2").textContent.trim()}. ${card.dataset.seconds} seconds to answer. O goes to it.`);
  }

  // An open dialog gives it more time, and its row and the rail tell the same.
  #prolong(known, fresh) {
    const now = fresh?.querySelectorAll("[data-until]") ?? [];
    known.querySelectorAll("[data-until]").forEach((part, n) => { part.dataset.until = now[n].dataset.until; });
    const own = `:is(#row-${known.dataset.escalation} .offered, [data-escalation="${known.dataset.escalation}"] .asks) [data-until]`;
    for (const clock of document.querySelectorAll(own)) clock.dataset.until = known.querySelector("[data-until]").dataset.until;
  }

  // An offer that is over says why and leaves by itself; one that was answered just leaves.
  #end(card, fresh) {
    const words = fresh.querySelector(`[data-ended="${CSS.escape(card.dataset.offer)}"]`)?.textContent;
    const hadFocus = card.contains(document.activeElement);
    if (words && !("uiAnswered" in card.dataset)) {
      const note = document.createElement("li");
      Object.assign(note, { className: `offer over of-${card.dataset.escalation}`, textContent: words });
      card.replaceWith(note);
      say(words);
      setTimeout(() => note.remove(), SENTENCE_MS);
    } else card.remove();
    if (hadFocus) this.giveBack();
  }

  // The focus returns to where it was before "O".
  giveBack() {
    const place = this.#from?.isConnected ? this.#from
      : document.getElementById("case") ?? document.querySelector("main :is(a, button):not([disabled])");
    place?.focus({ preventScroll: true });
    this.#from = null;
  }

  // A question for a case is answered by silence too, and sooner than an offer.
  goTo() {
    const asked = document.querySelector("baton-handovers button");
    const beside = [...document.querySelectorAll("#briefing .asks button")].find((one) => one.checkVisibility());
    const button = asked ?? this.querySelector(".offer:not([data-read]) button") ?? beside ?? this.querySelector(".offer button");
    if (!button) return say("Nothing is offered to you");
    if (!document.activeElement.closest("baton-handovers, baton-offers")) this.#from = document.activeElement;
    if (button !== beside) document.querySelector("baton-messages").bring(button.closest("[data-offer], [data-handover]"));
    button.focus();
  }

  #key(event) {
    const card = event.target.closest(".offer");
    if (!card || event.target.matches("input") || event.ctrlKey || event.metaKey || event.altKey) return;
    const reasons = card.querySelector(".offer-decline:not([hidden])");
    const isOff = document.documentElement.dataset.keys === "off";
    if (event.key === "Escape") reasons ? this.#turnDecline(card) : this.giveBack();
    else if (isOff) return;
    else if (event.key.toLowerCase() === "d" && card.querySelector("[data-decline]")) this.#turnDecline(card);
    else if (/^[1-5]$/.test(event.key) && reasons) reasons.querySelector(`[data-reason="${event.key}"]`).click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #turnDecline(card) {
    const [button, form] = [card.querySelector("[data-decline]"), card.querySelector(".offer-decline")];
    form.hidden = !form.hidden;
    button.setAttribute("aria-expanded", String(!form.hidden));
    (form.hidden ? button : form.querySelector("[data-reason]")).focus();
  }

  #count() {
    this.querySelector(`.of-${openEscalation()}`)?.remove();
    for (const card of this.#cards()) card.toggleAttribute("data-read", card.dataset.escalation === openEscalation());
  }

  #list() { return this.querySelector(".offer-list"); }
  #cards() { return [...this.querySelectorAll("[data-offer]")]; }
  #cardOf(escalation) { return this.#cards().find((card) => card.dataset.escalation === escalation); }
}

customElements.define("baton-offers", Offers);
