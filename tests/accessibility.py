"""What axe finds wrong with a page, in words short enough for an assertion."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Live first, which changes the bar; then a frame: what was swapped in moves only when it is drawn.
SETTLED = """async () => {
  const drawn = () => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  const isLive = () => (document.querySelector("baton-live")?.dataset.state ?? "live") === "live";
  while (!isLive()) await drawn();
  for (await drawn(); document.getAnimations().length; await drawn())
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
}"""


def violations(page: Page) -> list[str]:
    """One line per fault: rule, place and what to do. Empty on an accessible page.

    Looks at a page that has come to rest: a colour half way to another is nobody's choice.
    """
    page.evaluate(SETTLED)
    return [
        f"{fault['id']} at {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for fault in Axe().run(page).response["violations"]
        for node in fault["nodes"]
    ]
