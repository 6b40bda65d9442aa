// <baton-notices>: what this person has not seen; read on every connect, and every 10 s without one.
import { say } from "../notices/announce.js";
import { count, fillPage, giveHand, handIn, isPage, keepLines } from "../notices/bell.js";
import { openEscalation } from "../desk/briefing.js";
import { follow } from "../live/follow.js";
import { post } from "../live/http.js";
import { notify } from "../notices/device.js";
import { ring } from "../notices/sound.js";
import { now } from "../live/time.js";

const STAY_MS = 20_000;
const TONES = { alert: 3, breach: 2, warn: 1, missed: 1, given: 1, asked: 1 };
const NOT_OURS = new Set(["signed_out", "rights", "presence", "roster"]);
const KEPT = "baton-notices";

class Notices extends HTMLElement {
  #since = {}; #known = null; #openedAt = now(); #part = null; #asked = new Set();

  connectedCallback() {
    this.#since = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
    this.#part = follow({
      address: () => this.dataset.address,
      part: "notices",
      beside: true,
      take: (page) => this.#take([...page.querySelectorAll(".notice")]),
      frames: {
        notice: ({ kind }) => !NOT_OURS.has(kind),
        gone: ({ escalation }) => this.#about(escalation).length,
        row: ({ escalation }) => this.#about(escalation).length,
      },
    });
    document.addEventListener("submit", (event) => this.#dismiss(event));
    document.addEventListener("baton:opened", () => { this.#openedAt = now(); this.#seeOpened(); });
    setInterval(() => this.#lines().length && this.#show(), 1000);
    new MutationObserver(() => count(this.#lines())).observe(document.querySelector("title"), { childList: true });
  }

  read() { return this.#part.read(); }

  #take(fresh) {
    const list = this.querySelector("ol");
    const hand = handIn(list);
    const wanted = keepLines(list, fresh);
    const news = this.#known ? wanted.filter((line) => !this.#known.has(line.dataset.notice)) : [];
    this.#known = new Set(wanted.map((line) => line.dataset.notice));
    if (news.length) this.#tell(news);
    fillPage(wanted);
    count(wanted);
    this.#show();
    giveHand(list, hand, document.querySelector("[data-bell]"));
    this.#seeOpened();
  }

  #tell(news) {
    say(news.map((line) => line.querySelector(".said p").textContent).join(" "));
    const tones = news.map((line) => TONES[line.dataset.kind] ?? 0);
    for (const line of news) {
      const { notice, escalation } = line.dataset;
      const words = line.querySelector(".said p").textContent.trim();
      notify(`notice-${notice}`, words, escalation ? `/escalations/${escalation}/` : this.dataset.address);
    }
    ring(Math.max(...tones), Math.max(...news.map((line) => Number(line.dataset.notice))));
  }

  // What does not stay leaves the corner after a while, and is behind the bell until it was seen.
  #show() {
    const used = this.matches(":hover, :focus-within");
    const up = this.#lines().filter((line) => "stays" in line.dataset || used || Date.now() - this.#first(line) < STAY_MS);
    const shown = isPage() ? [] : up;
    for (const line of this.#lines()) line.hidden = !shown.includes(line);
    this.hidden = !shown.length;
  }

  #first(line) {
    const id = line.dataset.notice;
    if (!(id in this.#since)) {
      const kept = Object.entries(this.#since).filter(([one]) => this.#known?.has(one));
      this.#since = { ...Object.fromEntries(kept), [id]: Date.now() };
      sessionStorage.setItem(KEPT, JSON.stringify(this.#since));
    }
    return this.#since[id];
  }

  #dismiss(event) {
    if (!event.target.matches("[data-notice-form]") || event.submitter?.name === "open") return;
    event.preventDefault();
    this.#see(event.target.action, new FormData(event.target));
  }

  // A case that is open was opened, whichever way; what comes after that still has to be seen.
  #seeOpened() {
    for (const line of this.#about(openEscalation())) {
      if (Date.parse(line.dataset.at) > this.#openedAt || this.#asked.has(line.dataset.notice)) continue;
      this.#asked.add(line.dataset.notice);
      const fields = new FormData(line.querySelector("form"));
      fields.set("open", "1");
      this.#see(line.querySelector("form").action, fields);
    }
  }

  #see(address, fields) {
    post(address, fields).then(() => this.read(), () => say("Not saved: Baton could not be reached."));
  }

  #lines() { return [...this.querySelectorAll(".notice")]; }
  #about(escalation) { return this.#lines().filter((line) => escalation && line.dataset.escalation === escalation); }
}

customElements.define("baton-notices", Notices);
