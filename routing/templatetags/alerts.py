"""Alerts that did not leave, for the page that lists what did not arrive."""

from typing import Any

from django import template

from console import clock
from routing.alerts import paging

register = template.Library()


@register.inclusion_tag("routing/_unsent.html")
def unsent_alerts() -> dict[str, Any]:
    """A panel with what was given up or is being tried again; nothing where all left."""
    return {"unsent": paging.unsent(now=clock.now())}
