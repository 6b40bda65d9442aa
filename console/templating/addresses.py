"""Addresses of views as templates name them: what `reverse` finds, found once for each view."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

from console.templating.values import Drawing

_VIEWS_KEPT = 1000
# What stands for itself in every address: ids and words of our own.
_WORD = re.compile(r"[a-z][a-z0-9_-]*")
_UNNAMED = object()


def of(name: str, given: Sequence[Any], named: dict[str, Any], drawing: Drawing) -> str:
    """The address of this view for these values. Raises NoReverseMatch."""
    if drawing.place is None:
        app = _app(drawing.context)
        drawing.place = (get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), app)
    if not named and all(isinstance(one, str) and _WORD.fullmatch(one) for one in given):
        frame = _frame(name, len(given), *drawing.place)
        if frame is not None:
            return frame.format(*given)
    return reverse(name, args=given, kwargs=named, current_app=drawing.place[2])


@lru_cache(maxsize=_VIEWS_KEPT)
def _frame(name: str, words: int, urls: Any, prefix: str, app: str | None) -> str | None:
    """The address with places for so many words; None where it takes no words."""
    marks = [f"zq{place}-word" for place in range(words)]
    try:
        address = reverse(name, args=marks, current_app=app)
    except NoReverseMatch:
        return None
    frame = address.replace("{", "{{").replace("}", "}}")
    for place, mark in enumerate(marks):
        if frame.count(mark) != 1:
            return None
        frame = frame.replace(mark, f"{{{place}}}")
    return frame


def _app(context: Any) -> Any:
    """Whose names come first, as Django's tag has it."""
    request = getattr(context, "request", None)
    named = getattr(request, "current_app", _UNNAMED)
    if named is not _UNNAMED:
        return named
    return getattr(getattr(request, "resolver_match", None), "namespace", None)
