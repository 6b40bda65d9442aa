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
from escalations.eligibility import Case
from escalations.masking import masks
from escalations.models import Escalation, Package
from escalations.policy import versions

LOOKED_THROUGH = 200
SMALLEST, SHOWN_MAX = 3, 3
KEPT_MAX = 10_000

# As it is compared, and what its equals have in common.
Kept = tuple[ComparedCase | None, tuple[Any, ...] | None]
# By case, its version, and that of the policy, which says where an amount stands.
_kept: OrderedDict[tuple[str, int, int], Kept] = OrderedDict()
# It moved since it was found; its hint follows.
_MOVED: Kept = (None, None)


@dataclass(frozen=True, slots=True)
class Family:
    """Equal proposals, the most urgent first; `name` says how many and of what."""

    name: str
    cases: tuple[str, ...]


def waiting_for(viewer: Viewer) -> list[Family]:
    """The largest families among the most urgent cases that wait for this person."""
    requirements = access.requirements_for(viewer)
    # Whoever decides alone never waits for a second.
    alone = Escalation.objects.waiting().filter(level__lte=preflight.LEVEL_MAX, approvals=1)
    free = alone.within(requirements, asked=viewer.username)
    found = free.order_by("rank", "number").values_list(*_COLUMNS)[:LOOKED_THROUGH]
    return _families([key for *key, case in map(_read, found) if not eligibility.bar(viewer, case)])


_COLUMNS = (
    *("number", "id", "version", "task_type", "units"),
    *("strict", "wanted_by", "excluded", "requirement__skills"),
)


def _read(row: tuple[Any, ...]) -> tuple[int, str, int, Case]:
    """Its number, id and version, and what says who may have it (`access.case_to_hold`)."""
    number, name, version, task_type, units, strict, wanted_by, excluded, skills = row
    return number, name, version, Case(
        skills if strict else {}, task_type=task_type, units=units, strict=strict,
        wanted_by=wanted_by, excluded=excluded, is_open=True,
    )  # fmt: skip


def _families(cases: Sequence[Sequence[Any]]) -> list[Family]:
    by_likeness: dict[tuple[Any, ...], list[tuple[str, ComparedCase]]] = defaultdict(list)
    for (_, name, _), (one, likeness) in zip(cases, _proposals(cases), strict=True):
        if one is not None and likeness is not None:
            by_likeness[likeness].append((name, one))
    large = [alike for alike in by_likeness.values() if len(alike) >= SMALLEST]
    large.sort(key=len, reverse=True)
    return [
        Family(comparing.named(alike[0][1], len(alike)), tuple(name for name, _ in alike))
        for alike in large[:SHOWN_MAX]
    ]


def _proposals(cases: Sequence[Sequence[Any]]) -> list[Kept]:
    """Each as it is compared, with what its equals have in common; None where it has none."""
    policy = versions.current().number
    keys = [(name, version, policy) for _, name, version in cases]
    missing = [number for number, name, version in cases if (name, version, policy) not in _kept]
    if missing:
        _compare(missing, policy)
    made = [_kept.get(key, _MOVED) for key in keys]
    while len(_kept) > KEPT_MAX:
        _kept.popitem(last=False)
    return made


def _compare(numbers: Sequence[int], policy: int) -> None:
    found = Package.objects.filter(
        escalation__among=numbers, version=F("escalation__package_version")
    )
    for package in found.select_related("escalation__agent", "escalation__requirement"):
        case = package.escalation
        terms = versions.current().document.for_task_type(case.task_type)
        # The name of a family shows amounts: read as people see them.
        one = comparing.proposal(masks.of(package.document).document, terms, case)
        alike = terms.together_up_to(one.risk) and not one.own
        _kept[case.id, case.version, policy] = (one, comparing.family(one) if alike else None)


def forget() -> None:
    """Empty the memory, between tests."""
    _kept.clear()
