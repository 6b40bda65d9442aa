// A text that is cut has its "Show all", by what is measured; one that stands whole has none.
const resized = new ResizeObserver((all) => all.forEach(({ target }) => measure(target)));

function measure(text) {
  const clamp = text.parentElement;
  if (!clamp || clamp.querySelector(":scope > .more[open]")) return;
  clamp.toggleAttribute("data-ui-whole", text.scrollHeight <= text.clientHeight + 1);
}

function measureAll() {
  resized.disconnect();
  for (const text of document.querySelectorAll(".clamp > .txt")) {
    measure(text);
    resized.observe(text);
  }
}

document.addEventListener("baton:swapped", measureAll);
document.addEventListener("toggle", ({ target }) => target.matches?.(".clamp > .more") && measure(target.previousElementSibling), true);
measureAll();
