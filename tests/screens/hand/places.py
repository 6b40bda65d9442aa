"""Where the question, the heads of the rail and the buttons that decide stand, watched from frame to
frame."""

_WATCH = """() => {
  // On a phone the rail follows the case, which grows by what is added to it.
  const PARTS = "#briefing :is(.acts, .bottom-bar) .btn, #ask"
    + (innerWidth > 832 ? ", .rail-sec > h2" : "");
  window.places = {};
  const follow = () => {
    for (const button of document.querySelectorAll(PARTS)) {
      if (!button.checkVisibility()) continue;
      const { left, top } = button.getBoundingClientRect();
      const name = button.dataset.verb ?? button.textContent.trim();
      (window.places[name] ??= new Set()).add(`${Math.round(left)},${Math.round(top)}`);
    }
    requestAnimationFrame(follow);
  };
  follow();
}"""


def watch(page) -> None:
    page.evaluate(_WATCH)


def seen(page) -> dict[str, list[str]]:
    """Each place at which a button has stood, by its verb or its words."""
    return dict(page.evaluate("Object.entries(places).map(([name, at]) => [name, [...at]])"))


def moved(page) -> dict[str, list[str]]:
    return {name: at for name, at in seen(page).items() if len(at) > 1}
