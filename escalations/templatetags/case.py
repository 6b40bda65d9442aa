"""What the page of a case needs beside the text filters: ids of commands, clocks, initials."""

import re
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.template.defaultfilters import date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from console.pages import kept
from console.templating.nodes import QuickNodes, harmless
from escalations.policy import versions
from escalations.proposal import call_parts
from escalations.proposal.call_parts import SentencePart, Value
from escalations.text import formatting, markdown, untrusted
from escalations.text.untrusted import Shown

register = template.Library()

# A clock of a row up to its words. No text from outside has a tag in it.
_CLOCK = re.compile(
    r"(?P<clock><baton-clock[^>]*?data-until=\"(?P<until>[^\"]+)\"[^>]*>"
    r"(?:(?!</baton-clock>).)*?<span class=\"t\">)[^<]*",
    re.DOTALL,
)


@register.simple_tag(takes_context=True)
def command_id(context: dict[str, Any]) -> str:
    """A fresh id, so that pressing twice counts once."""
    return kept.left_open(context, _fresh_id) or _fresh_id()


@register.tag
def keep_still(parser: Parser, _: Token) -> Node:
    """What of a case stays as it is while the case moves on: drawn once for its package and for
    what was added, as whoever may see it sees it. Only those stand in it."""
    body = parser.parse(("endkeep_still",))
    parser.delete_first_token()
    return _Still(body)


@harmless
class _Still(Node):
    SEEN = ("briefing", "escalation")

    def __init__(self, body: NodeList) -> None:
        self.nodelist = QuickNodes(body)

    def render(self, context: Context) -> SafeString:
        given, key = {name: context[name] for name in self.SEEN}, context.get("still")
        inside = context.new(given)
        if key is None:
            return self.nodelist.render(inside)
        return kept.lasting(kept.fingerprint("still", key), lambda: self.nodelist.render(inside))


@register.tag
def again(parser: Parser, token: Token) -> Node:
    """`{% again "acts" %}…{% endagain %}`: what stands in two places of a page that is kept is
    drawn once for both. Ids and tokens are left open in it, and so differ between the two."""
    _, name = token.split_contents()
    body = parser.parse(("endagain",))
    parser.delete_first_token()
    return _Again(body, name.strip('"'))


@harmless
class _Again(Node):
    def __init__(self, body: NodeList, name: str) -> None:
        self.nodelist, self._name = QuickNodes(body), name

    def render(self, context: Context) -> SafeString:
        gaps = context.get(kept.GAPS)
        if gaps is None:
            return self.nodelist.render(context)
        if self._name not in gaps.written:
            gaps.written[self._name] = self.nodelist.render(context)
        return cast("SafeString", gaps.written[self._name])


@register.filter
def pieces(shown: Shown) -> SafeString:
    """A text that was looked at already, with its marks."""
    return markdown.whole(shown)


@register.filter
def task_type(name: str) -> str:
    """What the policy in force calls this kind of work."""
    return versions.title(name)


@register.filter
def written(code: str) -> str:
    """A short code from outside as words: `web_chat` as "web chat"."""
    return code.replace("_", " ")


@register.filter
def tool(name: str) -> str:
    """What a tool is called where people read it: `courier.redirect` as “Redirect in courier”."""
    return call_parts.tool_in_words(name)


@register.filter
def file_kind(media_type: str) -> str:
    """`application/pdf` as “PDF”; a longer name stays as it is."""
    kind = media_type.rpartition("/")[2]
    return kind.upper() if kind.isalnum() and len(kind) < 5 else media_type


@register.filter
def countdown(until: datetime, now: datetime) -> str:
    """The time left as a clock shows it: "4:12", "2:04:10" or "over 2:10"."""
    seconds = int((until - now).total_seconds())
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
    return clock if seconds >= 0 else f"over {clock}"


@register.filter
def counting(row: str, now: datetime) -> SafeString:
    """A row of the list with the time left in its clocks, as the browser goes on to show it: a row
    is drawn once for everybody, and so has no time left of its own."""

    def left(found: re.Match[str]) -> str:
        until = datetime.fromisoformat(found["until"])
        at_most = max(until, now) if "data-ends" in found["clock"] else until
        return f"{found['clock']}{countdown(at_most, now)}"

    return SafeString(_CLOCK.sub(left, row))


@register.simple_tag(takes_context=True)
def clock(
    context: dict[str, Any], until: datetime, element: str = "span", *, ends: bool = False
) -> SafeString:
    """A countdown inside a sentence, which `ends` at zero; the browser goes on from there."""
    return format_html(
        '<baton-clock data-until="{}" data-plain{}{}><{} class="t">{}</{}></baton-clock>',
        date(localtime(until), "c"), " data-ends" if ends else "", over(context, until),
        element, time_left(context, until), element,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def time_left(context: dict[str, Any], until: datetime) -> str:
    """The time left at this moment, as `countdown` has it."""
    return _by_the_clock(context, lambda now: countdown(until, now))


@register.simple_tag(takes_context=True)
def over(context: dict[str, Any], until: datetime) -> SafeString:
    """The attribute of a clock that has run out."""
    late = SafeString(' data-ui-state="over"')
    return SafeString(_by_the_clock(context, lambda now: late if until < now else SafeString()))


@register.simple_tag(takes_context=True)
def share_left(context: dict[str, Any], begun: datetime, until: datetime) -> str:
    """How much of a span is left at this moment, from 0 to 1."""
    whole = (until - begun).total_seconds()

    def share(now: datetime) -> str:
        left = (until - now).total_seconds()
        return f"{min(1, max(0, left / whole)):.2f}" if whole > 0 else "0"

    return _by_the_clock(context, share)


@register.filter
def initials(name: Any) -> str:
    """Up to two letters for the mark beside a name."""
    words = [word for word in str(name).replace(".", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


@register.filter
def sentence_case(text: str) -> str:
    """The text with its first letter as at the start of a sentence."""
    return formatting.capitalised(text)


@register.filter
def listed(part: SentencePart) -> SafeString:
    """The values of a proposed step inside its sentence: "a, b and c", or "a, b and 3 more"."""
    last = len(part.values) - 1 if not part.more else None
    words = format_html_join(
        "",
        "{}{}",
        (
            (
                "" if place == 0 else " and " if place == last else ", ",
                _value(value),
            )
            for place, value in enumerate(part.values)
        ),
    )
    return format_html("{} and {} more", words, part.more) if part.more else words


def _by_the_clock(context: dict[str, Any], told: Callable[[datetime], str]) -> str:
    gap = kept.left_open(context, lambda filling: told(filling.now))
    return told(context["now"]) if gap is None else gap


def _fresh_id(*_: object) -> str:
    return str(uuid.uuid4())


def _value(value: Value) -> SafeString:
    said = markdown.whole(untrusted.show(value.text))
    if value.name:
        return format_html("{} <small>{}</small>", value.name, said)
    elif value.code:
        return format_html('<span title="{}">{}</span>', value.code, said)
    else:
        return said
