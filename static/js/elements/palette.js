// <baton-palette>: filters pages and commands; arrows move, Enter runs the chosen one or searches the cases.
import { press } from "../commands/commands.js";

// The button of a verb of the open case; without one the verb is not there.
const buttonOf = ({ dataset: { run } }) => document.querySelector(`#briefing [data-verb="${CSS.escape(run)}"]:not([disabled])`);

const isThere = (option) => !("run" in option.dataset) || Boolean(buttonOf(option));

class Palette extends HTMLElement {
  connectedCallback() {
    const [field, options] = [this.querySelector("input"), () => [...this.querySelectorAll(".opts > *")]];
    const filter = () => {
      const wanted = field.value.trim().toLowerCase();
      for (const option of options()) option.hidden = !isThere(option) || !option.textContent.toLowerCase().includes(wanted);
      this.querySelector("[data-none]").hidden = options().some((option) => !option.hidden);
    };
    field.addEventListener("input", filter);
    this.addEventListener("keydown", (event) => this.#move(event, options().filter((option) => !option.hidden)));
    this.addEventListener("click", (event) => this.#run(event.target.closest(".opts > button")));
    this.closest("dialog").addEventListener("baton:shown", filter);
    this.closest("dialog").addEventListener("close", () => { field.value = ""; filter(); });
    this.querySelector("form").addEventListener("submit", (event) => this.#enter(event, field, options()));
  }

  // A verb's button may lie in a dialog that is closed, as on a phone; pressed it is all the same.
  #run(option) {
    if (!option) return;
    this.closest("dialog").close();
    if ("run" in option.dataset) press(buttonOf(option), "click");
  }

  #move(event, visible) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !visible.length) return;
    event.preventDefault();
    const at = visible.indexOf(document.activeElement);
    visible[(at + step + visible.length) % visible.length].focus();
  }

  // A word that names a page or command runs it; anything else is looked for in the cases.
  #enter(event, field, options) {
    const visible = options.filter((option) => !option.hidden);
    if (!field.value.trim() || visible.length) {
      event.preventDefault();
      visible[0]?.click();
    }
  }
}

customElements.define("baton-palette", Palette);
