"""Which pages stand in the top bar, by what a person may do."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve

from console.models import DECIDERS, LEADS, Role, User

EVERYBODY = frozenset(Role)
WATCHERS = LEADS | {Role.AUDITOR}
ADMINS = frozenset({Role.ADMIN})


@dataclass(frozen=True)
class Page:
    name: str
    path: str
    icon: str
    roles: frozenset[Role]
    count: str = ""


WORK = (
    Page("Inbox", "/inbox/", "inbox", EVERYBODY, count="mine"),
    Page("Floor", "/floor/", "people", WATCHERS),
    Page("Metrics", "/metrics/", "up-m", EVERYBODY),
    Page("Audit", "/audit/", "shield", WATCHERS),
    Page("Deliveries", "/deliveries/", "send", WATCHERS),
)
SETTINGS = (
    Page("Levels", "/levels/", "filter", LEADS),
    Page("Skills", "/skills/", "two", DECIDERS),
    Page("People", "/people/", "people", ADMINS),
    Page("Agents", "/agents/", "keyb", ADMINS),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Template context: groups of pages this person may open; none for a stranger."""
    user = getattr(request, "user", None)  # Absent where a request is refused before sign-in.
    if not isinstance(user, User):
        return {"navigation": []}
    role = Role(user.role)
    groups = (tuple(page for page in group if role in page.roles) for group in _existing())
    return {"navigation": [_marked(group, request.path) for group in groups if group]}


@cache
def _existing() -> tuple[tuple[Page, ...], ...]:
    return tuple(
        tuple(page for page in group if _resolves(page.path)) for group in (WORK, SETTINGS)
    )


def _resolves(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _marked(group: tuple[Page, ...], path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": page.name,
            "path": page.path,
            "icon": page.icon,
            "count": page.count,
            "current": _is_at(page, path),
        }
        for page in group
    ]


def _is_at(page: Page, path: str) -> bool:
    under_inbox = page.path == "/inbox/" and (path == "/" or path.startswith("/escalations/"))
    return path.startswith(page.path) or under_inbox
