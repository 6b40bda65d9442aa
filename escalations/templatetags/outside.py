"""Template filters for text from outside. They are the only way it reaches a page."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from escalations.text import markdown, untrusted

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
def from_markdown(value: Any) -> SafeString:
    """Markdown as a few harmless elements."""
    return markdown.render(_text(value))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
