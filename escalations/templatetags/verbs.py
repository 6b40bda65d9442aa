"""The verbs as every page knows them: for its scripts, its list of keys and its palette."""

from typing import Any

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString

from escalations.commands import drawing
from escalations.commands.verb import Verb

register = template.Library()


@register.simple_tag
def verbs_for_scripts() -> SafeString:
    """A block of data that `static/js/verbs.js` reads."""
    return json_script(drawing.for_scripts(), "verbs")


@register.simple_tag
def keyed_verbs() -> list[Verb[Any]]:
    """The verbs that have a key."""
    return drawing.keyed()


@register.simple_tag
def findable_verbs() -> list[Verb[Any]]:
    """The verbs that the palette runs on the open case."""
    return drawing.findable()
