"""Links of the floor that change its table and keep its team and its minute."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from routing.floor import snapshot
from routing.floor.snapshot import Standing

register = template.Library()


@register.simple_tag(takes_context=True)
def board_link(context: dict[str, Any], show: str, first: int = 0) -> SafeString:
    """The address of the board with these cases in its table, followed in place."""
    board = context["board"]
    asked = {
        "show": show,
        "first": first,
        "team": board.team,
        "at": board.at.isoformat() if board.past else "",
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    return format_html(
        'href="{}?{}" hx-boost="true" hx-target="#board" hx-swap="outerMorph show:none"',
        reverse("routing:floor"),
        query,
    )


@register.filter
def unstopped(sentence: str) -> str:
    """The sentence without its full stop, where something more is said before it ends."""
    return str(sentence).removesuffix(".")


@register.simple_tag
def clock_state(case: Standing, at: datetime) -> str:
    """How its clock is drawn."""
    if case.respond_by < at:
        return "over"
    return "soon" if case.respond_by < at + snapshot.CLOSE else ""
