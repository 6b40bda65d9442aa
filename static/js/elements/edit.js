// <baton-edit>: what must be so at once while an edit is typed. What it means, the server says (the form's hx-post).
import { buttonsChanged } from "../desk/hand.js";
import { hint } from "../notices/hint.js";
import { Redrawn } from "./times.js";

const isChanged = (field) => ("was" in field.dataset ? field.value !== field.dataset.was : field.checked);

class Edit extends Redrawn {
  connectedCallback() {
    this.addEventListener("input", () => { this.toggleAttribute("data-ui-typing", true); this.#turn(); });
    this.addEventListener("submit", (event) => this.#stop(event), true);
    this.addEventListener("focusout", () => this.#tidy());
    this.addEventListener("click", (event) => event.target.closest("[data-act=put-back]") && this.#putBack());
    // A text that was restored before htmx was ready is compared now.
    this.addEventListener("htmx:after:init", () => this.show());
    this.addEventListener("htmx:after:swap", () => this.#compared());
    // What was said of an older text must not stand beside a newer one.
    for (const lost of ["htmx:error", "htmx:response:error"]) this.addEventListener(lost, () => this.toggleAttribute("data-ui-lost", true));
    super.connectedCallback();
  }

  // A morph brought the words for an untouched form back.
  show() {
    const wasDirty = "uiDirty" in this.dataset;
    if (!this.#turn() && !wasDirty) return;
    this.toggleAttribute("data-ui-typing", true);
    htmx.trigger(this.querySelector("form"), "baton:compare");
  }

  // The plain Approve gives way by it (edit.css), so that a changed form cannot be passed by.
  #turn() {
    const fields = [...this.querySelectorAll("[data-was], [data-drop]")];
    return this.toggleAttribute("data-ui-dirty", fields.some(isChanged));
  }

  // Without a change it is no edit, and would be told and counted as one.
  #stop(event) {
    if (this.#turn()) return;
    event.preventDefault();
    event.stopPropagation();
    hint("Not sent: nothing is changed yet. Change a field, or approve it as it is.");
  }

  #compared() {
    for (const state of ["lost", "typing"]) this.toggleAttribute(`data-ui-${state}`, false);
    // What was kept has just come into the brief, and nobody has looked at it.
    if (!this.querySelector("form").checkVisibility()) buttonsChanged();
    this.#tidy();
    for (const field of this.querySelectorAll("[aria-describedby]")) {
      const fault = document.getElementById(field.getAttribute("aria-describedby"));
      field.ariaInvalid = fault && !fault.hidden ? "true" : null;
    }
    // What was refused is right now.
    if (!this.querySelector("[aria-invalid=true]")) document.querySelector("#case-notice[data-ui-faults]")?.replaceChildren();
  }

  // An amount that was left has all its digits, as the server wrote them of this very text.
  #tidy() {
    if ("uiTyping" in this.dataset) return;
    for (const said of this.querySelectorAll("[data-tidy]")) {
      const field = document.getElementById(said.id.replace(/-so$/, ""));
      if (!field || field === document.activeElement || field.value === said.dataset.tidy) continue;
      field.value = said.dataset.tidy;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  #putBack() {
    for (const field of this.querySelectorAll("[data-was]")) field.value = field.dataset.was;
    for (const box of this.querySelectorAll("[data-drop]")) box.checked = false;
    const first = this.querySelector("[data-was]");
    first?.dispatchEvent(new Event("input", { bubbles: true }));
    first?.focus();
  }
}

customElements.define("baton-edit", Edit);
