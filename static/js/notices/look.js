// The time that somebody has to look at what came up, before a press on it counts. Counted from the paint: it is not spent
// by a slow machine, or in a hidden tab.
const LOOK_MS = 400;

export class Look {
  until = 0;
  constructor(place) { this.place = place; }
  get why() { return this.place()?.dataset.uiFresh; }
  look(why, ms = LOOK_MS) {
    if (!this.place() || performance.now() + ms < this.until) return;
    this.place().dataset.uiFresh = why;
    this.until = performance.now() + ms;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      this.until = Math.max(this.until, performance.now() + ms);
      setTimeout(() => { if (performance.now() >= this.until - 1) this.place()?.removeAttribute("data-ui-fresh"); }, ms);
    }));
  }
}
