"""The verbs as every page knows them: for its scripts, its list of keys and its palette."""

import zlib
from typing import Any

from django import template
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString

from escalations.commands import drawing, find, keyboard
from escalations.commands.verb import Verb
from escalations.eligibility import LEADS

register = template.Library()


@register.simple_tag
def verbs_for_scripts() -> SafeString:
    """A block of data that `static/js/commands/verbs.js` reads."""
    return json_script(drawing.for_scripts(), "verbs")


@register.simple_tag(takes_context=True)
def keys_for_scripts(context: dict[str, Any], page: str = "") -> SafeString:
    """A block of data: the key that this person has for each thing, of one page where it is named;
    its scripts read them as `page-keys`."""
    return json_script(keyboard.of_person(_chosen(context), page), "page-keys" if page else "keys")


@register.simple_tag(takes_context=True)
def own_keys(context: dict[str, Any]) -> str:
    """A short name for the keys that this person chose, by which a page tells that what came later
    was drawn with others; empty where they have the usual ones."""
    chosen = _chosen(context)
    return f"{zlib.crc32(repr(sorted(chosen.items())).encode()):x}" if chosen else ""


@register.simple_tag(takes_context=True)
def key_of(context: dict[str, Any], name: str) -> SafeString:
    """The single key beside what a page does, as this person has it; none where they want none."""
    own = keyboard.of_person(_chosen(context))[name]
    shape = '<kbd class="key single" aria-hidden="true">{}</kbd>'
    return format_html(shape, own.upper()) if own else SafeString()


@register.simple_tag(takes_context=True)
def bound_keys(context: dict[str, Any]) -> list[tuple[keyboard.Binding, str]]:
    """What single keys do for this person, with the key that they have for it."""
    own = keyboard.of_person(_chosen(context))
    role = getattr(context.get("user"), "role", "")
    return [(one, own[one.name]) for one in keyboard.of_role(role)]


@register.simple_tag
def words_of(name: str) -> str:
    """What stands on the button of a verb that is drawn where it is asked for."""
    verb = find(name)
    return verb.words_for(leads=False) if verb else ""


@register.simple_tag(takes_context=True)
def findable_verbs(context: dict[str, Any]) -> list[tuple[Verb[Any], str]]:
    """The verbs that the palette runs on the open case, with the words of their buttons."""
    leads = getattr(context.get("user"), "role", "") in LEADS
    return [(verb, verb.words_for(leads=leads)) for verb in drawing.findable()]


def _chosen(context: dict[str, Any]) -> dict[str, str]:
    return getattr(context.get("user"), "own_keys", {})
