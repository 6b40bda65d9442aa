"""Who could take a case, for the dialog that is drawn without a script."""

from typing import Any

from django import template

from console import clock
from escalations.access import Viewer
from escalations.models import Escalation
from routing.transfers import colleagues

register = template.Library()


@register.inclusion_tag("escalations/_pass_on_whom.html")
def pass_on_whom(escalation: Escalation, viewer: Viewer) -> dict[str, Any]:
    """The same people, skills and supervisors that the page asks for when it has a script."""
    now = clock.now()
    return {
        "people": colleagues.whom(escalation, viewer, now=now),
        "skills": colleagues.skills(viewer, now),
        "leads": colleagues.leads_there(viewer, now),
        "least": str(colleagues.LEAST),
    }
