"""What the page of a case needs beside the text filters: ids of commands, clocks, initials."""

import uuid
from datetime import datetime
from typing import Any

from django import template
from django.utils.safestring import SafeString

from escalations.proposal import calls
from escalations.text import markdown
from escalations.text.untrusted import Shown

register = template.Library()


@register.simple_tag
def command_id() -> str:
    """A fresh id, so that pressing twice counts once."""
    return str(uuid.uuid4())


@register.filter
def pieces(shown: Shown) -> SafeString:
    """A text that was looked at already, with its marks."""
    return markdown.pieces(shown)


@register.filter
def countdown(until: datetime, now: datetime) -> str:
    """The time left as a clock shows it: "4:12", "2:04:10" or "over 2:10"."""
    seconds = int((until - now).total_seconds())
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
    return clock if seconds >= 0 else f"over {clock}"


@register.filter
def share_left(until: datetime, span: tuple[datetime, datetime]) -> str:
    """How much of a span is left at its second time, from 0 to 1."""
    begun, now = span
    whole = (until - begun).total_seconds()
    left = (until - now).total_seconds()
    return f"{min(1, max(0, left / whole)):.2f}" if whole > 0 else "0"


@register.filter
def initials(name: Any) -> str:
    """Up to two letters for the mark beside a name."""
    words = [word for word in str(name).replace(".", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


@register.filter
def sentence_case(text: str) -> str:
    """The text with its first letter as at the start of a sentence."""
    return calls.capitalised(text)
