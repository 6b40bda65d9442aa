"""The small marks that every page uses: icons, keys, times. Built in, so no template loads them."""

from datetime import datetime

from django import template
from django.template.defaultfilters import date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from console.pages import once

register = template.Library()


@register.simple_tag
def icon(name: str, kind: str = "") -> SafeString:
    """A picture of the sprite, for the eye only."""
    classes = f"i {kind}".rstrip()
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>', classes, name
    )


@register.simple_tag
def key(letter: object) -> SafeString:
    """The single key beside what it does; hidden where single keys are off."""
    return format_html('<kbd class="key single" aria-hidden="true">{}</kbd>', letter)


@register.simple_tag
def moment(at: datetime | None, shape: str = "H:i", zone: str = "") -> SafeString:
    """A time as the server knows it; the browser puts its reader's own in place."""
    here = localtime(at) if at else None
    words = f"{date(here, shape)} {zone}".rstrip()
    return format_html(
        '<baton-time><time datetime="{}">{}</time></baton-time>', date(here, "c"), words
    )


@register.simple_tag
def ago(at: datetime | None, zone: str = "") -> SafeString:
    """A time that the browser counts from: "4 min ago"; the hour until it does."""
    here = localtime(at) if at else None
    words = f"{date(here, 'H:i')} {zone}".rstrip()
    return format_html(
        '<baton-ago><time datetime="{}">{}</time></baton-ago>', date(here, "c"), words
    )


@register.simple_tag
def form_id() -> SafeString:
    """The hidden field by which a form is known again, so that it counts once."""
    return format_html('<input type="hidden" name="{}" value="{}">', once.FIELD, once.new_id())
