"""Where a look-up is read for one case: its address, filled in from the package. Pure."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from escalations.lookups import templates
from escalations.lookups.templates import NotFilled
from escalations.models import Escalation

JSON = Mapping[str, Any]


def address(url: str, package: JSON, escalation: Escalation) -> str:
    """As the first call of the package fills it in. Raises NotFilled."""
    case = {
        "id": escalation.id,
        "number": escalation.number,
        "reference": escalation.correlation_id,
    }
    why = NotFilled()
    actions: list[Any] = package.get("proposed_actions") or [{}]
    for number, action in enumerate(actions):
        value_of = partial(templates.value_in, package, action=action, case=case)
        try:
            return templates.filled(url, value_of)
        except NotFilled as error:
            why = error if number == 0 else why
    raise why


def why_not(url: str, package: JSON, escalation: Escalation) -> str:
    """Why this case has no such address, as a sentence; empty where it has."""
    try:
        address(url, package, escalation)
    except NotFilled as why:
        return str(why)
    return ""
