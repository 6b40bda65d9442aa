// <baton-edit>: shows beside each field what changed against the proposal, while it is typed.
import { isChanged, valueOf } from "../fields.js";
import { differenceOf } from "../words.js";

class Edit extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", () => this.#show());
    this.addEventListener("click", (event) => event.target.closest("[data-act=put-back]") && this.#putBack());
    document.addEventListener("baton:swapped", this.#again);
    this.#show();
  }

  disconnectedCallback() {
    document.removeEventListener("baton:swapped", this.#again);
  }

  // A morph brings the server's words back; what is typed stayed.
  #again = () => this.#show();

  #show() {
    const fields = [...this.querySelectorAll("[data-was]")];
    const changed = fields.filter(isChanged);
    for (const field of fields) this.#compare(field, changed.includes(field));
    for (const place of this.querySelectorAll("[data-changed-count]")) {
      place.textContent = changed.length ? `${changed.length} of ${fields.length} fields changed` : "Nothing changed yet";
    }
    if (changed.length) this.dataset.uiDirty = "";
    else delete this.dataset.uiDirty;
  }

  #compare(field, hasChanged) {
    const line = field.closest("[data-arg]");
    const difference = this.querySelector(`[data-diff-for="${CSS.escape(field.name)}"]`);
    if (difference) {
      difference.hidden = !hasChanged;
      difference.replaceChildren(...(hasChanged ? differenceOf(field.dataset.was, valueOf(field)) : []));
    }
    if (!line) return;
    line.classList.toggle("changed", hasChanged);
    this.#strike(line.querySelector(".was"), hasChanged);
    const so = line.querySelector("[data-so]");
    if (so) so.textContent = hasChanged ? consequence(field) : "Not changed";
    so?.classList.toggle("faint", !hasChanged);
  }

  #strike(was, hasChanged) {
    const text = was?.querySelector("del, span") ?? null;
    if (!was || (text?.tagName === "DEL") === hasChanged) return;
    const words = document.createElement(hasChanged ? "del" : "span");
    words.textContent = text ? text.textContent : was.textContent.trim();
    if (text) text.replaceWith(words);
    else was.replaceChildren(words);
  }

  #putBack() {
    for (const field of this.querySelectorAll("[data-was]")) {
      if (field.type === "checkbox") field.checked = field.dataset.was === "true";
      else field.value = field.dataset.was;
    }
    this.querySelector("[data-was]")?.dispatchEvent(new Event("input", { bubbles: true }));
    this.querySelector("[data-was]")?.focus();
  }
}

// For amounts the difference; for everything else what it was.
function consequence(field) {
  const [was, is] = [field.dataset.was, valueOf(field)];
  if (is === "") return "Left empty";
  if (!isAmount(was) || !isAmount(is)) return field.tagName === "TEXTAREA" ? "Changed" : `Was ${was === "" ? "empty" : was}`;
  const places = Math.max(...[was, is].map((text) => (text.split(".")[1] ?? "").length));
  const difference = Number(is) - Number(was);
  return `${Math.abs(difference).toFixed(places)} ${difference < 0 ? "less" : "more"} than proposed`;
}

const isAmount = (text) => /^-?\d+(\.\d+)?$/.test(text.trim());

customElements.define("baton-edit", Edit);
