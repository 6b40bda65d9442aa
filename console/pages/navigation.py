"""The top bar and the palette: the pages of `table.py` that have an entry."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest

from console.models import User
from console.pages import rights
from console.pages.table import SETTINGS, WORK, NavEntry, Page


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Template context: groups of pages this person may open; none for a stranger."""
    user = getattr(request, "user", None)  # Absent where a request is refused before sign-in.
    if not isinstance(user, User):
        return {"navigation": []}
    groups = [_entries(group, user, request.path) for group in (WORK, SETTINGS)]
    return {"navigation": [group for group in groups if group]}


def _entries(group: tuple[Page, ...], user: User, at: str) -> list[dict[str, Any]]:
    return [
        {**asdict(page.entry), "path": f"/{page.path}", "current": _is_at(page, page.entry, at)}
        for page in group
        if page.entry and rights.may_read(user, page.name)
    ]


def _is_at(page: Page, entry: NavEntry, at: str) -> bool:
    return at == entry.same or at.startswith((f"/{page.path}", *entry.above))
