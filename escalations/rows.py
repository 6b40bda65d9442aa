"""A row of the queue: rendered once for each version and process, the same for everybody.

What differs by person (mine, open, picked) is said by attributes that the page adds.
"""

from collections import OrderedDict
from collections.abc import Sequence

from django.template.loader import render_to_string

from escalations import priority
from escalations.models import Escalation

KEPT_MAX = 10_000

_kept: OrderedDict[tuple[str, int], str] = OrderedDict()


def html(escalation: Escalation) -> str:
    """The `<li>` of this case. Needs `requirement`, `agent` and `held_by` selected with the row."""
    key = (escalation.id, escalation.version)
    row = _kept.get(key)
    if row is None:
        row = _kept[key] = _render(escalation)
        while len(_kept) > KEPT_MAX:
            _kept.popitem(last=False)
    return row


def html_of(keys: Sequence[tuple[int, str, int]]) -> list[str]:
    """The rows for these (number, id, version), in this order; only unknown ones are fetched."""
    fetched: dict[int, str] = {}
    missing = [number for number, id, version in keys if (id, version) not in _kept]
    if missing:
        cases = Escalation.objects.select_related("requirement", "agent", "held_by", "decided_by")
        fetched = {case.number: html(case) for case in cases.filter(number__in=missing)}
    return [_kept.get((id, version)) or fetched.get(number, "") for number, id, version in keys]


def forget() -> None:
    """Empty the memory, between tests."""
    _kept.clear()


def _render(escalation: Escalation) -> str:
    why = escalation.reasons[0]["sentence"] if escalation.reasons else ""
    return render_to_string(
        "escalations/_row.html",
        {
            "escalation": escalation,
            "why": why,
            "rank_reason": priority.sentence(
                level=escalation.level,
                priority=escalation.priority,
                respond_by=escalation.respond_by,
            ),
            "holder": escalation.held_by,
        },
    )
