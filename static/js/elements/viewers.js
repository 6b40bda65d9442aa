// <baton-viewers>: who else has the case open, and whether they look at it now.
const WORDS = {
  looking: "looking",
  away: "has it open, looking elsewhere",
  editing: "editing",
  typing: "typing",
};

// What was heard last. A case that is read again comes without it, and nobody says it a second time.
let heard = { escalation: "", viewers: [] };

class Viewers extends HTMLElement {
  static observedAttributes = ["hidden"];

  connectedCallback() { this.#again(); }

  // Read again, the case is morphed into what the server drew, where this is empty and hidden.
  attributeChangedCallback(name, before, now) { if (now !== null) setTimeout(() => this.#again()); }

  #again() { if (this.isConnected && this.dataset.escalation === heard.escalation) this.show(heard.viewers); }

  show(viewers) {
    heard = { escalation: this.dataset.escalation, viewers };
    const others = viewers.filter((viewer) => String(viewer.id) !== document.body.dataset.user);
    const list = this.querySelector(".seen");
    if (!list) return;
    list.replaceChildren(...others.map(lineOf));
    if (this.hidden !== (others.length === 0)) this.hidden = others.length === 0;
  }
}

function lineOf({ name, initials, state }) {
  const line = document.getElementById("viewer-template").content.firstElementChild.cloneNode(true);
  const [mark, words, doing] = line.querySelectorAll(".who, [data-name], small");
  Object.assign(mark, { textContent: initials }).dataset.seen = state;
  words.textContent = name;
  doing.textContent = WORDS[state] ?? state;
  return line;
}

customElements.define("baton-viewers", Viewers);
