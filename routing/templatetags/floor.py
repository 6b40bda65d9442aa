"""Links of the floor that change its table and keep its team and its minute."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from console.pages import kept
from console.templating.nodes import QuickNodes, harmless
from routing.floor import snapshot
from routing.floor.boards import Board, PersonOnBoard
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


@register.tag
def keep_person(parser: Parser, _: Token) -> Node:
    """The row of `one` person: drawn once for all that it shows, and only its place where the tab
    that asks has it so already."""
    body = parser.parse(("endkeep_person",))
    parser.delete_first_token()
    return _KeptPerson(body)


@harmless
class _KeptPerson(Node):
    STAMP = 12

    def __init__(self, body: NodeList) -> None:
        self.nodelist = QuickNodes(body)

    def render(self, context: Context) -> SafeString:
        one: PersonOnBoard = context["one"]
        board: Board = context["board"]
        acts = bool(context["acts"])
        seen = (board.team, board.past, board.at if board.past else None, acts)
        key = kept.fingerprint("floor person", one.drawn_from, seen)
        stamp = key.hex()[: self.STAMP]
        if stamp in context["had"]:
            return format_html('<tr id="person-{}" data-same></tr>', one.member.id)
        inside = context.new({"one": one, "board": board, "acts": acts, "stamp": stamp})
        return kept.lasting(key, lambda: self.nodelist.render(inside))


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
