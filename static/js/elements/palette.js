// <baton-palette>: filters pages and commands; arrows move, Enter runs the chosen one or searches the cases.
import { acts } from "../commands/acts.js";
import { press } from "../commands/commands.js";

// What a command is about; without it on the page the command is not there. Its button may lie in a dialog that is
// closed, as on a phone; pressed it is all the same.
const placeOf = ({ dataset: { there } }) => [...document.querySelectorAll(there)].find((one) => !one.disabled);

const isThere = (option) => !("there" in option.dataset) || Boolean(placeOf(option));

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
    this.closest("dialog").addEventListener("baton:shown", () => { this.#choices(); filter(); });
    document.addEventListener("htmx:after:settle", () => this.closest("dialog").open && filter());
    this.closest("dialog").addEventListener("close", () => { field.value = ""; filter(); });
    this.querySelector("form").addEventListener("submit", (event) => this.#enter(event, field, options()));
  }

  #run(option) {
    if (!option) return;
    this.closest("dialog").close();
    const place = "there" in option.dataset && placeOf(option);
    if (!place) return;
    if (acts[option.dataset.run]) acts[option.dataset.run]();
    else if (place.matches("a, button")) press(place, "click");
    else place.scrollIntoView({ block: "start" });
  }

  // What the agent lets people choose from, and what can be looked up, stands on the buttons of this case alone.
  #choices() {
    for (const old of this.querySelectorAll("[data-choice]")) old.remove();
    const { choose } = this.querySelector("[data-run=approve]").dataset;
    this.#each("approve", '#briefing .acts form[data-command="choose"]', (form) => [
      `${choose} [value="${CSS.escape(form.elements.option_id.value)}"] ~ button`,
      `Choose: ${form.querySelector(".does").textContent}`,
    ]);
    this.#each("look-up", "#look-ups form", (form) => [
      `#${form.querySelector("button").id}`, `Look up: ${form.querySelector("button").textContent.trim()}`,
    ]);
  }

  #each(run, forms, of) {
    const pattern = this.querySelector(`[data-run="${run}"]`);
    pattern.after(...[...document.querySelectorAll(forms)].map((form) => {
      const [option, [there, words]] = [pattern.cloneNode(true), of(form)];
      delete option.dataset.run;
      Object.assign(option.dataset, { choice: "", there });
      option.querySelector("[data-words]").textContent = words;
      return option;
    }));
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
