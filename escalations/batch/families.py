"""Equal proposals that wait, found and named, so that nobody has to look for them one by one."""

from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from escalations import access, eligibility
from escalations.access import Viewer
from escalations.batch import comparing, preflight
from escalations.batch.comparing import ComparedCase
from escalations.masking import masks
from escalations.models import Escalation, Package, State
from escalations.policy import versions

LOOKED_THROUGH = 200
SMALLEST, SHOWN_MAX = 3, 3
KEPT_MAX = 10_000

# By case, its version, and that of the policy, which says where an amount stands.
_kept: OrderedDict[tuple[str, int, int], ComparedCase] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Family:
    """Equal proposals, the most urgent first; `name` says how many and of what."""

    name: str
    cases: tuple[str, ...]


def waiting_for(viewer: Viewer) -> list[Family]:
    """The largest families among the most urgent cases that wait for this person."""
    requirements = access.requirements_for(viewer)
    free = Escalation.objects.filter(
        state=State.WAITING, level__lte=preflight.LEVEL_MAX, approvals=1
    ).within(requirements, asked=viewer.username)
    cases = free.select_related("requirement", "agent").order_by("rank", "number")
    able = [
        case
        for case in cases[:LOOKED_THROUGH]
        if not eligibility.bar(viewer, access.case_to_hold(case))
    ]
    return _families(able)


def _families(cases: Sequence[Escalation]) -> list[Family]:
    by_likeness: dict[tuple[Any, ...], list[tuple[Escalation, ComparedCase]]] = defaultdict(list)
    policy = versions.current().document
    for case, one in zip(cases, _proposals(cases), strict=True):
        if policy.for_task_type(one.task_type).together_up_to(one.risk) and not one.own:
            by_likeness[comparing.family(one)].append((case, one))
    large = [alike for alike in by_likeness.values() if len(alike) >= SMALLEST]
    large.sort(key=len, reverse=True)
    return [
        Family(comparing.named(alike[0][1], len(alike)), tuple(case.id for case, _ in alike))
        for alike in large[:SHOWN_MAX]
    ]


def _proposals(cases: Sequence[Escalation]) -> list[ComparedCase]:
    number = versions.current().number
    keys = [(case.id, case.version, number) for case in cases]
    missing = [case for case, key in zip(cases, keys, strict=True) if key not in _kept]
    if missing:
        found = Package.objects.filter(
            escalation__in=[case.number for case in missing],
            version=F("escalation__package_version"),
        )
        documents = {one.escalation_id: one.document for one in found}
        for case in missing:
            terms = versions.current().document.for_task_type(case.task_type)
            # The name of a family shows amounts: read as people see them.
            shown = masks.of(documents[case.number]).document
            _kept[case.id, case.version, number] = comparing.proposal(shown, terms, case)
    made = [_kept[key] for key in keys]
    while len(_kept) > KEPT_MAX:
        _kept.popitem(last=False)
    return made


def forget() -> None:
    """Empty the memory, between tests."""
    _kept.clear()
