"""Template filters for text from outside. They are the only way it reaches a page."""

from typing import Any

from django import template
from django.conf import settings
from django.template.defaultfilters import date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from escalations.text import links, markdown, untrusted

register = template.Library()


@register.filter
def outside(value: Any, limit: int | None = None) -> SafeString:
    """The text escaped, its hidden characters as marks, cut after `limit` characters."""
    return markdown.pieces(untrusted.show(_text(value), limit=limit))


@register.filter
def line(value: Any, limit: int = 255) -> str:
    """One escaped line for a label or an attribute."""
    return untrusted.line(_text(value), limit)


@register.filter
def differing(chunks: Any) -> SafeString:
    """A text with what was taken out and put in; one piece, as its line breaks are shown."""
    shapes = {"out": "<del>{}</del>", "in": "<ins>{}</ins>"}
    parts = (format_html(shapes.get(chunk.kind, "{}"), outside(chunk.text)) for chunk in chunks)
    return format_html_join("", "{}", ((part,) for part in parts))


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


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
