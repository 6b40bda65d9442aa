"""The small marks that every page uses: icons, keys, times. Built in, so no template loads them."""

from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.template.defaultfilters import date
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from console import clock
from console.pages import kept, once, rights
from console.templating.nodes import QuickNodes, harmless
from escalations.commands import keyboard
from escalations.text import markdown

register = template.Library()


@register.tag
def keep(parser: Parser, token: Token) -> Node:
    """`{% keep "top" navigation %}…{% endkeep %}`: drawn once for this person and these values, and
    kept. It sees nothing else, so that nothing else can be in it. `{% keep "head" shared %}` sees
    nothing at all, and is kept once for everybody."""
    _, name, *values = token.split_contents()
    body = parser.parse(("endkeep",))
    parser.delete_first_token()
    return _Keep(body, name.strip('"'), tuple(values))


@harmless
class _Keep(Node):
    def __init__(self, body: NodeList, name: str, values: tuple[str, ...]) -> None:
        self.nodelist, self._name = QuickNodes(body), name
        self._shared = values == ("shared",)
        self._values = () if self._shared else ("user", *values)

    def render(self, context: Context) -> SafeString:
        given = {name: context.get(name) for name in self._values}
        request = context.get("request")
        # Refused before anybody is known, as a fault of the server is: drawn without any of this.
        if request is None:
            return self.nodelist.render(context)

        def draw(gaps: kept.Gaps) -> tuple[str, None]:
            open_ = {} if self._shared else {"csrf_token": gaps.leave(kept.token), kept.GAPS: gaps}
            return self.nodelist.render(context.new({**given, **open_})), None

        key = kept.fingerprint(self._name, given)
        return kept.drawn(key, draw, kept.Filling(request, clock.now()))


@register.simple_tag
@cache
def icon(name: str, kind: str = "") -> SafeString:
    """A picture of the sprite, for the eye only."""
    classes = f"i {kind}".rstrip()
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>', classes, name
    )


@register.simple_tag(takes_context=True)
def key(context: dict[str, Any], letter: object) -> SafeString:
    """The single key beside what it does, as this person has it; hidden where single keys are off,
    and left out where they want none."""
    own = own_key(context, letter)
    shape = '<kbd class="key single" aria-hidden="true">{}</kbd>'
    return format_html(shape, own) if own else SafeString()


@register.simple_tag(takes_context=True)
def own_key(context: dict[str, Any], letter: object) -> str:
    """The key that this person has in the place of the usual one."""
    chosen = getattr(context.get("user"), "own_keys", {})
    usual = str(letter)
    if not chosen:
        return usual
    return keyboard.relabelled(chosen).get(usual.lower(), usual).upper()


@register.simple_tag
def moment(at: datetime | None, shape: str = "H:i", zone: str = "") -> SafeString:
    """A time as the server knows it; the browser puts its reader's own in place."""
    here = localtime(at) if at else None
    words = f"{date(here, shape)} {zone}".rstrip()
    seconds = SafeString(" data-seconds" if shape.endswith("s") else "")
    return format_html(
        '<baton-time><time datetime="{}"{}>{}</time></baton-time>', date(here, "c"), seconds, words
    )


@register.simple_tag
def ago(at: datetime | None, zone: str = "") -> SafeString:
    """A time that the browser counts from: "4 min ago"; the hour until it does."""
    here = localtime(at) if at else None
    words = f"{date(here, 'H:i')} {zone}".rstrip()
    return format_html(
        '<baton-ago><time datetime="{}">{}</time></baton-ago>', date(here, "c"), words
    )


@register.filter
def apart(value: Any) -> SafeString:
    """What somebody wrote or is called, inside a line of ours: it runs as its letters do."""
    return markdown.isolated(conditional_escape(value), str(value))


@register.simple_tag
def form_id() -> SafeString:
    """The hidden field by which a form is known again, so that it counts once."""
    return format_html('<input type="hidden" name="{}" value="{}">', once.FIELD, once.new_id())


@register.simple_tag(takes_context=True)
def person_link(context: dict[str, Any], username: str, name: object) -> SafeString:
    """A person's name, leading to their own page for whoever may open it."""
    return _linked(context, "person", username, name)


@register.simple_tag(takes_context=True)
def agent_link(context: dict[str, Any], agent: str, name: object) -> SafeString:
    """An agent's name, leading to its own page for whoever may open it."""
    return _linked(context, "agent", agent, name)


@register.simple_tag(takes_context=True)
def actor_link(context: dict[str, Any], group: str, actor: str, name: object) -> SafeString:
    """Whoever a line of the record names, by the group they are in; Baton itself leads nowhere."""
    page = {"people": "person", "agent": "agent"}.get(group, "person")
    return _linked(context, page, actor if group in ("people", "agent") else "", name)


@register.simple_tag(takes_context=True)
def policy_link(context: dict[str, Any], number: object, words: str = "Policy") -> SafeString:
    """A version of the policy, leading to what it says for whoever may open it."""
    return _linked(context, "escalations:levels-version", number, f"{words} {number}")


def _linked(context: dict[str, Any], page: str, place: object, words: object) -> SafeString:
    named = apart(words)
    if place and rights.may_read(context.get("user"), page):
        return format_html('<a class="name" href="{}">{}</a>', reverse(page, args=[place]), named)
    else:
        return named
