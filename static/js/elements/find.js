// <baton-find>: hides the rows of the table it names that do not have what is typed, or chosen beside it.
import { say } from "../notices/announce.js";

class Find extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.addEventListener("input", () => this.#show(true));
    // A page that is laid over this one has it hidden, as it is for whoever has no scripts.
    document.addEventListener("htmx:after:swap", () => {
      if (!this.isConnected) return;
      this.hidden = false;
      this.#show(false);
    });
  }

  // Enter would send the form around it.
  #show(isSaid) {
    const words = (this.querySelector("[type=search]")?.value ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = [...this.querySelectorAll("select[data-of]")].filter((select) => select.value);
    let count = 0;
    for (const row of document.querySelectorAll(`#${this.dataset.rows} tbody tr`)) {
      const text = (row.dataset.find ?? row.cells[0].textContent).toLowerCase();
      row.hidden = !words.every((word) => text.includes(word)) || !chosen.every((select) => has(row, select));
      if (!row.hidden) count += 1;
    }
    const told = this.querySelector("[data-count]");
    if (told) told.textContent = words.length || chosen.length ? `${count} found` : "";
    if (isSaid) say(`${count} found`);
  }
}

// A column counts where something stands in it, such as a grade above none.
const has = (row, { dataset, selectedOptions, value }) => dataset.of === "column"
  ? Boolean(row.cells[Number(selectedOptions[0].dataset.column)]?.querySelector("[data-v]:not([data-v='0'])"))
  : row.dataset[dataset.of] === value;

addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.closest?.("baton-find [type=search]")) event.preventDefault();
});

customElements.define("baton-find", Find);
