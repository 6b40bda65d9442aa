"""The list of the Audit screen: every case, newest first, found by number, id or words."""

from dataclasses import dataclass

from django.db.models import Q

from escalations.models import Escalation

PAGE = 50


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of cases, and the number below which the next one begins; None on the last."""

    cases: list[Escalation]
    next: int | None


def page(search: str = "", *, before: int | None = None) -> CasePage:
    """The newest cases that `search` names, those numbered below `before`."""
    found = Escalation.objects.select_related("agent", "decided_by").order_by("-number")
    if search:
        found = found.filter(_match(search))
    if before is not None:
        found = found.filter(number__lt=before)
    cases = list(found[: PAGE + 1])
    return CasePage(cases[:PAGE], cases[PAGE - 1].number if len(cases) > PAGE else None)


def _match(search: str) -> Q:
    digits = search.upper().removeprefix("BTN-")
    if digits.isascii() and digits.isdigit() and len(digits) < 18:
        return Q(number=int(digits))
    else:
        words = Q(summary__icontains=search) | Q(customer__icontains=search)
        return words | Q(id=search) | Q(correlation_id=search)
