"""What one visit to a page can see of its faults, in words short enough for an assertion."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
ALL: dict = {}
CONTRAST = {"runOnly": ["color-contrast", "link-in-text-block"]}
FOR_FINGERS = {"rules": {"target-size": {"enabled": True}}}
LOOKS = ((DESK, "light", ALL), (DESK, "dark", CONTRAST), (PHONE, "dark", FOR_FINGERS))
EVERY_LOOK = (
    *((DESK, "light", ALL), (DESK, "dark", ALL)),
    *((PHONE, "dark", FOR_FINGERS), (PHONE, "light", FOR_FINGERS)),
)
# Live first, which changes the bar; then a frame: what was swapped in moves only when it is drawn.
SETTLED = """async () => {
  const until = Date.now() + 40_000;
  const state = () => document.querySelector("baton-live")?.dataset.state ?? "live";
  const moving = () => document.getAnimations().filter(({ playState }) => playState === "running");
  const drawn = () => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  for (await drawn(); state() !== "live" || moving().length; await drawn())
    if (Date.now() > until)
      throw new Error(`The page is ${state()} and ${moving().length} things still move.`);
}"""
VIOLATIONS = """async (rules) => {
  const found = await axe.run(document, { resultTypes: ["violations"], ...rules });
  return found.violations.flatMap(({ id, nodes }) => nodes.map(
    ({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`));
}"""
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


def faults(page: Page, *, every: bool = False) -> list[str]:
    """One line per fault. Empty on a page that anybody can use, in both themes, on both sizes.

    The page stays open while theme and size change: all rules on a desk in light, contrast again in
    dark, and on a phone in dark all rules and the size of targets, because other things are shown
    there. With `every`, all rules in all four. No page may be wider than its window.
    """
    before, found = page.viewport_size, []
    for size, scheme, rules in EVERY_LOOK if every else LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        where = f"{scheme}, {size['width']} wide"
        found += [f"{where}: {fault}" for fault in violations(page, rules)]
        if page.evaluate(TOO_WIDE):
            found.append(f"{where}: the page is too wide")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(before)
    return found


def violations(page: Page, rules: dict = ALL) -> list[str]:
    """What axe finds by these of its rules. One line per fault: rule, place and what to do.

    Looks at a page that has come to rest: a colour half way to another is nobody's choice.
    """
    page.evaluate(SETTLED)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(VIOLATIONS, rules)
