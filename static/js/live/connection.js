// The one WebSocket of a tab. Lost messages cost nothing: whoever listens reads everything again on "live".
import { setServerNow } from "./time.js";

const HELLO_LIMIT_MS = 10_000;
const ANSWER_LIMIT_MS = 5_000;
const PAUSE_MS = { first: 400, most: 15_000 };

export class Connection extends EventTarget {
  #address; #socket = null; #failures = 0; #heardAt = 0; #openedAt = 0; #timer = 0; #waiting = new Map(); #state = "connecting";

  constructor(address) {
    super();
    this.#address = new URL(address, location.href.replace(/^http/, "ws")).href;
    setInterval(() => this.#watch(), 1000);
    addEventListener("online", () => this.#again());
    addEventListener("pageshow", (event) => event.persisted && this.#again());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#watch());
    this.#open();
  }

  get state() { return this.#state; }
  get isLive() { return this.#state === "live" || this.#state === "catching-up"; }
  get canSend() { return this.#socket?.readyState === WebSocket.OPEN && this.isLive; }

  // Sends one frame now or not at all; nothing is kept for later.
  tell(frame) { if (this.canSend) this.#socket.send(JSON.stringify(frame)); }

  // Resolves with the one `ack` or `refused` of this command, or rejects when the answer is lost.
  ask(frame) {
    if (!this.canSend) return Promise.reject(new Error("not connected"));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(frame.id, null), ANSWER_LIMIT_MS);
      this.#waiting.set(frame.id, { resolve, reject, timer });
      this.#socket.send(JSON.stringify(frame));
    });
  }

  // Somebody asks for it: at once, without the pause that has grown meanwhile.
  tryNow() {
    this.#failures = 0;
    this.#again();
  }

  become(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }

  #open() {
    clearTimeout(this.#timer);
    this.#openedAt = Date.now();
    const socket = this.#socket = new WebSocket(this.#address);
    let opened = false;
    socket.onopen = () => { opened = true; };
    socket.onmessage = (event) => socket === this.#socket && this.#receive(JSON.parse(event.data));
    socket.onclose = (event) => socket === this.#socket && this.#lost(event.code, opened);
  }

  #receive(frame) {
    this.#heardAt = Date.now();
    if (frame.now) setServerNow(frame.now);
    if (frame.type === "hello") {
      this.#failures = 0;
      if (!this.isLive) this.become("catching-up");
    } else if (frame.type === "ack" || frame.type === "refused") {
      return this.#settle(frame.id, frame);
    }
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  #settle(id, answer) {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    answer ? waiting.resolve(answer) : waiting.reject(new Error("no answer"));
  }

  #lost(code, opened) {
    this.#socket = null;
    for (const id of [...this.#waiting.keys()]) this.#settle(id, null);
    this.dispatchEvent(new CustomEvent("closed", { detail: { code, opened, failures: this.#failures } }));
    if (this.#state !== "stale") this.become("reconnecting");
    const most = Math.min(PAUSE_MS.most, PAUSE_MS.first * 2 ** this.#failures);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#open(), most * (0.5 + Math.random() / 2));
  }

  // After sleep the socket may look open and be dead: no hello for 10 s means stale, and a new one.
  #watch() {
    if (this.#silent_ms() < HELLO_LIMIT_MS) return;
    this.become("stale");
    if (Date.now() - this.#openedAt >= HELLO_LIMIT_MS) this.#again();
  }

  #silent_ms() { return Date.now() - (this.#heardAt ||= Date.now()); }

  #again() {
    if (this.#socket?.readyState === WebSocket.OPEN && this.#silent_ms() < HELLO_LIMIT_MS) return;
    const old = this.#socket;
    this.#socket = null;
    old?.close();
    for (const id of [...this.#waiting.keys()]) this.#settle(id, null);
    this.#open();
  }
}
