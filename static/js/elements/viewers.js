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
  const mark = element("span", { className: "who", textContent: initials, ariaHidden: "true" });
  mark.dataset.seen = state;
  const words = element("span", { textContent: name });
  words.append(document.createElement("br"), element("small", { textContent: WORDS[state] ?? state }));
  const line = document.createElement("li");
  line.append(mark, words);
  return line;
}

const element = (tag, properties) => Object.assign(document.createElement(tag), properties);

customElements.define("baton-viewers", Viewers);
