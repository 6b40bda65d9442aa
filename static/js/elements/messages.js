// <baton-messages>: the one place for what Baton says of itself. What was done just now stands as a toast; of all the
// rest one line is shown, beside at most one open card of level 4, and how many more there are.
import { openRow } from "../desk/rows.js";

const ALERTS = ['.offer:has([data-l="4"])', '.notice[data-kind="alert"]'];
const RANKED = [
  ...ALERTS, ".stale", "[data-handover]:has(button)", ".offer[data-given]", ".offer[data-offer]", ".offer", ".away-note",
  "[data-handover]", ".notice[data-stays]", ".notice",
];
const URGENT = [...ALERTS, ".stale"].join();
const MESSAGE = RANKED.join();
const QUIET_MS = 4000;
const hasRoom = matchMedia("(width > 52rem)");

class Messages extends HTMLElement {
  #line = null; #since = 0; #later = 0;

  connectedCallback() {
    new MutationObserver(() => this.#show()).observe(this, { childList: true, subtree: true, attributeFilter: ["hidden", "data-read"] });
    // What lies beside it ends where it begins: nothing is covered.
    const sizes = new ResizeObserver(() => this.#measure());
    const follow = () => {
      sizes.disconnect();
      for (const one of [this, ...document.querySelectorAll(".q-many, .bottom-bar")]) sizes.observe(one);
    };
    follow();
    document.addEventListener("baton:swapped", follow);
    addEventListener("resize", () => this.#measure());
    hasRoom.addEventListener("change", () => this.#show());
    this.#more.addEventListener("click", () => this.#turn(!("uiAll" in this.dataset)));
    this.addEventListener("keydown", ({ key }) => key === "Escape" && this.#turn(false));
    this.#show();
  }

  // What a key goes to is shown first.
  bring(message) {
    if (!message || ["line", "card"].includes(message.dataset.uiShown)) return;
    this.#put(message);
    this.#show();
  }

  #show() {
    const all = this.#ranked();
    const card = hasRoom.matches && all.find((one) => one.matches(ALERTS.join()));
    const rest = all.filter((one) => one !== card);
    const line = this.#next(rest);
    if (line !== this.#line) this.#put(line);
    for (const one of this.querySelectorAll(MESSAGE)) {
      const how = one === card ? "card" : one === line ? "line" : rest.includes(one) ? "behind" : undefined;
      if (one.dataset.uiShown !== how) how ? (one.dataset.uiShown = how) : delete one.dataset.uiShown;
    }
    const words = rest.length > 1 ? `${rest.length - 1} more` : "";
    if (this.#more.textContent !== words) this.#more.textContent = words;
    if (this.#more.hidden === Boolean(words)) this.#more.hidden = !words;
    if (!words) this.#turn(false);
  }

  // What stands there stays for a while, and under a hand: another comes sooner only where it is urgent.
  #next(rest) {
    const [first, stands] = [rest[0] ?? null, rest.includes(this.#line)];
    if (!stands || first === this.#line || first.matches(URGENT) && !this.#line.matches(":hover, :focus-within")) return first;
    const left_ms = this.#since + QUIET_MS - Date.now();
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#show(), Math.max(left_ms, 500));
    return left_ms > 0 || this.#line.matches(":hover, :focus-within") ? this.#line : first;
  }

  #put(line) {
    this.#line = line;
    this.#since = Date.now();
  }

  // A notice of what is offered or asked for here already says nothing more, nor a card beside the open case, which asks
  // by itself.
  #ranked() {
    const found = new Set(RANKED.flatMap((rank) => [...this.querySelectorAll(rank)]));
    const cases = new Set([...this.querySelectorAll("[data-offer], [data-handover]")].map((one) => one.dataset.escalation));
    return [...found].filter((one) => !one.closest("[hidden]") && !(hasRoom.matches && one.matches("[data-read]")) && !(one.matches(".notice") && cases.has(one.dataset.escalation)));
  }

  #turn(open) {
    if (open === "uiAll" in this.dataset) return;
    this.toggleAttribute("data-ui-all", open);
    this.#more.ariaExpanded = String(open);
  }

  #measure() {
    const bar = document.querySelector(hasRoom.matches ? ".q-many" : ".bottom-bar");
    const root = document.documentElement.style;
    // What comes covers neither the open row, where it stood in view before, nor the field of whoever types.
    const [kept, end] = hasRoom.matches ? [openRow(), document.querySelector(".q-scroll")?.getBoundingClientRect().bottom]
      : [document.activeElement.closest("#case :is(input, textarea, select)"), innerHeight];
    const { top, bottom } = kept?.getBoundingClientRect() ?? {};
    root.setProperty("--said", `${this.offsetHeight}px`);
    root.setProperty("--below", `${bar?.checkVisibility() ? bar.offsetHeight : 0}px`);
    if (top >= 0 && bottom <= end + 1) kept.scrollIntoView({ block: "nearest" });
  }

  get #more() { return this.querySelector("[data-more-messages]"); }
}

customElements.define("baton-messages", Messages);
