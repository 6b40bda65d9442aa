"""Waiting for what a page does in its own time: never for ever, as the page may never do it."""


def becomes(page, script, wanted):
    """Asked again and again: the content policy lets Playwright's own waiting do nothing."""
    found = []

    def is_so():
        found.append(page.evaluate(script))
        return found[-1] == wanted

    until(page, is_so, lambda: f"{found[-1]!r} instead of {wanted!r}")


def until(page, holds, said=lambda: "It did not come to hold."):
    for _ in range(800):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError(said())
