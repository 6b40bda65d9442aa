"""Template filters for text from outside. They are the only way it reaches a page."""

import re
from typing import Any

from django import template
from django.conf import settings
from django.template.defaultfilters import date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from console.templatetags import marks
from escalations.record_screen import timeline
from escalations.text import links, markdown, untrusted

register = template.Library()
_NAMED = re.compile(timeline.NAMED.format("([^\ufdd1]*)", "([^\ufdd2]*)"))
_VERSION = re.compile(r"version (\d+)(?= of the policy)")


@register.filter
def outside(value: Any, limit: int | None = None) -> SafeString:
    """The text escaped, its hidden characters as marks, cut after `limit` characters."""
    return markdown.whole(untrusted.show(_text(value), limit=limit))


@register.filter
def whole(value: Any, limit: int) -> SafeString:
    """The same of what is approved: to its end, unless it is full of marks."""
    return markdown.whole(untrusted.whole(_text(value), limit))


@register.simple_tag(takes_context=True)
def told(context: dict[str, Any], sentence: object) -> SafeString:
    """A sentence of the timeline: each name in it leads to that person's page, and each version of
    the policy to what it says, for whoever may open them."""
    # A text, then the username and the name of somebody, in turns.
    first, *pieces = _NAMED.split(str(sentence))
    parts = _with_versions(context, first)
    for username, name, after in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        parts.append(marks.person_link(context, username, outside(name)))
        parts += _with_versions(context, after)
    return format_html_join("", "{}", ((part,) for part in parts))


@register.filter
def line(value: Any, limit: int = 255) -> str:
    """One escaped line for a label or an attribute."""
    return untrusted.line(_text(value), limit)


@register.filter
def differing(chunks: Any) -> SafeString:
    """A text with what was taken out and put in; one piece, as its line breaks are shown."""
    shapes = {"out": "<del>{}</del>", "in": "<ins>{}</ins>"}
    parts = [
        format_html(shapes.get(one.kind, "{}"), markdown.pieces(untrusted.show(one.text)))
        for one in chunks
    ]
    drawn = format_html_join("", "{}", ((part,) for part in parts))
    return markdown.isolated(drawn, *(one.text for one in chunks))


@register.filter
def changed(pieces: Any) -> SafeString:
    """The words of a rule with what a draft takes out and puts in, each followed by a space."""
    shapes = {"del": "<del>{}</del> ", "ins": "<ins>{}</ins> "}
    parts = (format_html(shapes.get(piece.kind, "{} "), piece.text) for piece in pieces)
    return format_html_join("", "{}", ((part,) for part in parts))


@register.filter
def log_line(log: Any) -> SafeString:
    """When, how grave, from where and what; one piece, as its spaces are shown."""
    at = f"{date(localtime(log.at), 'H:i:s')} " if log.at else ""
    source = format_html("{} ", line(log.source, 40)) if log.source else ""
    return format_html("{}{:<8} {}{}", at, str(log.level), source, outside(log.text, 300))


@register.filter
def address(href: Any, limit: int = 200) -> SafeString:
    """Where something leads: text, and a link where the deployment lets people open it. The host
    stands first and whole, so that nobody is led elsewhere by a long path."""
    written = _text(href)
    host = links.host_to_open(written, settings.LINK_HOSTS)
    if not host:
        return format_html('<span class="address">{}</span>', outside(written, limit))
    return format_html(
        '<a class="address" href="{}" target="_blank" rel="noopener noreferrer nofollow external"'
        ' referrerpolicy="no-referrer"><b>{}</b> <span>{}</span></a>',
        written, host, outside(written, limit),
    )  # fmt: skip


@register.filter
def from_markdown(value: Any) -> SafeString:
    """Markdown as a few harmless elements."""
    return markdown.render(_text(value))


def _with_versions(context: dict[str, Any], words: str) -> list[SafeString]:
    # Every second one is a number.
    found = enumerate(_VERSION.split(words))
    return [
        marks.policy_link(context, one, "version") if at % 2 else outside(one) for at, one in found
    ]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
