// <baton-viewers>: who else has the case open, and whether they look at it now.
const WORDS = {
  looking: "looking",
  away: "has it open, looking elsewhere",
  editing: "editing",
};

class Viewers extends HTMLElement {
  show(viewers) {
    const others = viewers.filter((viewer) => String(viewer.id) !== document.body.dataset.user);
    const list = this.querySelector(".seen");
    if (!list) return;
    list.replaceChildren(...others.map(lineOf));
    this.hidden = others.length === 0;
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
