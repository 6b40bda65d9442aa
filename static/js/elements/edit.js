// <baton-edit>: shows beside each field what changed against the proposal, while it is typed.
import { differenceOf } from "../commands/words.js";
import { Redrawn } from "./times.js";

const valueOf = ({ value }) => value.replaceAll("\r\n", "\n");
const isChanged = (input) => valueOf(input) !== input.dataset.was;

class Edit extends Redrawn {
  connectedCallback() {
    this.addEventListener("input", () => this.show());
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-act=put-back]")) this.#putBack();
      const adder = event.target.closest("[data-act=add-item]");
      if (adder) this.#addItem(adder.closest("[data-list]"));
    });
    super.connectedCallback();
  }

  show() {
    const fields = [...this.querySelectorAll("[data-was]")];
    const dropped = [...this.querySelectorAll("[data-drop]")].filter((box) => box.checked);
    const changed = fields.filter(isChanged);
    for (const field of fields) this.#compare(field, changed.includes(field));
    const count = new Set([...changed, ...dropped].map((field) => field.closest("[data-arg]") ?? field)).size;
    for (const place of this.querySelectorAll("[data-changed-count]")) {
      place.textContent = count ? `${count} ${count === 1 ? "field" : "fields"} changed` : "Nothing changed yet";
    }
    this.toggleAttribute("data-ui-dirty", count > 0);
    // The plain Approve gives way, so that a changed form cannot be passed by.
    for (const one of document.querySelectorAll("#briefing [data-when-edited]")) one.hidden = count === 0;
    for (const one of document.querySelectorAll("#briefing [data-unless-edited]")) one.hidden = count > 0;
  }

  #compare(field, hasChanged) {
    const line = field.closest("[data-arg]");
    const difference = this.querySelector(`[data-diff-for="${CSS.escape(field.name)}"]`);
    if (difference) {
      difference.hidden = !hasChanged;
      difference.replaceChildren(...(hasChanged ? differenceOf(field.dataset.was, valueOf(field)) : []));
    }
    if (!line) return;
    const isDropped = line.querySelector("[data-drop]")?.checked ?? false;
    const isOther = hasChanged || isDropped;
    line.classList.toggle("changed", isOther);
    this.#strike(line.querySelector(".was"), isOther);
    const so = line.querySelector("[data-so]");
    if (so) so.textContent = isDropped ? "Removed" : hasChanged ? consequence(field) : "spare" in field.dataset ? "" : "Not changed";
    so?.classList.toggle("faint", !isOther);
  }

  #strike(was, hasChanged) {
    const text = was?.querySelector("del, span:not(.faint)");
    if (!text || (text.tagName === "DEL") === hasChanged) return;
    const words = document.createElement(hasChanged ? "del" : "span");
    words.append(...text.childNodes);
    text.replaceWith(words);
  }

  // One more empty line after the last, with the next index in its name.
  #addItem(list) {
    const spares = list.querySelectorAll("[data-spare]");
    const last = spares[spares.length - 1]?.closest("[data-arg]");
    if (!last) return;
    const line = last.cloneNode(true);
    const [field, label] = [line.querySelector("[data-spare]"), line.querySelector("label[for]")];
    field.name = field.name.replace(/\d+$/, (index) => Number(index) + 1);
    field.id = label.htmlFor = `${field.id}-more`;
    field.value = "";
    last.after(line);
    field.focus();
  }

  #putBack() {
    for (const field of this.querySelectorAll("[data-was]")) field.value = field.dataset.was;
    for (const box of this.querySelectorAll("[data-drop]")) box.checked = false;
    this.querySelector("[data-was]")?.dispatchEvent(new Event("input", { bubbles: true }));
    this.querySelector("[data-was]")?.focus();
  }
}

// For amounts the difference; for everything else what it was.
function consequence(field) {
  const [was, is] = [field.dataset.was, valueOf(field)];
  if ("spare" in field.dataset) return "Added";
  if (is === "") return "Left empty";
  if (field.tagName === "SELECT") return "Changed";
  if (!isAmount(was) || !isAmount(is)) return field.tagName === "TEXTAREA" ? "Changed" : `Was ${was === "" ? "empty" : was}`;
  const places = Math.max(...[was, is].map((text) => (text.split(".")[1] ?? "").length));
  const difference = Number(is) - Number(was);
  return `${Math.abs(difference).toFixed(places)} ${difference < 0 ? "less" : "more"} than proposed`;
}

const isAmount = (text) => /^-?\d+(\.\d+)?$/.test(text.trim());

customElements.define("baton-edit", Edit);
