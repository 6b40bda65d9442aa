// <baton-palette>: filters pages and commands; arrows move, Enter runs the chosen one or searches the cases.
class Palette extends HTMLElement {
  connectedCallback() {
    const [field, options] = [this.querySelector("input"), () => [...this.querySelectorAll(".opts > *")]];
    const filter = () => {
      const wanted = field.value.trim().toLowerCase();
      for (const option of options()) option.hidden = !option.textContent.toLowerCase().includes(wanted);
      this.querySelector("[data-none]").hidden = options().some((option) => !option.hidden);
    };
    field.addEventListener("input", filter);
    this.addEventListener("keydown", (event) => this.#move(event, options().filter((option) => !option.hidden)));
    this.addEventListener("click", (event) => event.target.closest("button[data-act]") && this.closest("dialog").close());
    this.closest("dialog").addEventListener("close", () => { field.value = ""; filter(); });
    this.querySelector("form").addEventListener("submit", (event) => this.#enter(event, field, options()));
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
