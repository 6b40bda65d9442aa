"""Saved views as tabs of the list."""

from typing import Any

from django import template

from console.models import User
from routing.people import saved_views

register = template.Library()


@register.inclusion_tag("routing/_saved_views.html", takes_context=True)
def view_tabs(context: dict[str, Any]) -> dict[str, Any]:
    """Those of this person and their team, the one that is shown marked."""
    user = context.get("user")
    views = saved_views.of(user) if isinstance(user, User) else []
    query = context.get("query", "")
    shown = next((one for one in views if one.query == query), None)
    wanted = context.get("wanted")
    can_keep = shown is None and wanted is not None and wanted.narrowed
    return {
        "views": views,
        "shown": shown,
        "query": query,
        "can_keep": can_keep,
        "csrf_token": context.get("csrf_token"),
    }
