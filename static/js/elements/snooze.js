// <baton-snooze>: times on the wall of whoever looks; the server turns them into moments.
import { now } from "../live/time.js";
import { Redrawn } from "./times.js";

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
const two = (number) => String(number).padStart(2, "0");

class Snooze extends Redrawn {
  connectedCallback() {
    this.closest("dialog").addEventListener("baton:shown", () => this.show());
    super.connectedCallback();
  }

  show() {
    this.querySelector('[name="zone"]').value = zone();
    this.querySelector("[data-zone]").textContent = zone().replaceAll("_", " ");
    for (const button of this.querySelectorAll("[data-wall]")) {
      const day = new Date(now());
      day.setDate(day.getDate() + Number(button.dataset.days ?? 0));
      button.value = `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}T${button.dataset.wall}`;
      button.hidden = Date.parse(button.value) <= now();
    }
  }
}

customElements.define("baton-snooze", Snooze);
