"""The lists of the inbox: for me, team, done; searched, filtered and paged by keyset."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Q
from django.utils.safestring import SafeString

from escalations import access, rows
from escalations.access import Viewer
from escalations.models import Escalation, State
from escalations.querysets import EscalationQuerySet
from escalations.refusals import Invalid

PAGE = 50
COUNT_MAX = 999
TABS = ("mine", "team", "done")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which list, and what of it."""

    tab: str = "mine"
    search: str = ""
    task_type: str = ""
    level: int | None = None
    to_check: bool = False
    after: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether less than the whole list is wanted."""
        return bool(self.search or self.task_type or self.level or self.to_check)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows as HTML, and the key of the next one; empty when there is none."""

    rows: list[SafeString]
    next: str = ""
    wanted: Wanted = field(default_factory=Wanted)


def page(viewer: Viewer, wanted: Wanted) -> Page:
    """The rows that `viewer` may see. Raises Invalid for a tab or page key that cannot be."""
    if wanted.tab not in TABS:
        raise Invalid(f"There is no list “{wanted.tab}”.")
    requirements = access.requirements_for(viewer)
    if wanted.search:
        return _found(viewer, requirements, wanted)
    if wanted.tab == "mine":
        return _mine(viewer, requirements, wanted)
    elif wanted.tab == "team":
        held = Escalation.objects.filter(state=State.HELD).exclude(held_by=viewer.user_id)
        return _by_rank(_narrow(held.within(requirements), wanted), wanted)
    else:
        return _done(viewer, requirements, wanted)


def counts(viewer: Viewer) -> dict[str, int]:
    """How many are on each list of open work; counted up to 999, which the screen shows as 999+."""
    requirements = access.requirements_for(viewer)
    held = Escalation.objects.filter(state=State.HELD)
    mine = held.filter(held_by=viewer.user_id).count()
    team = held.exclude(held_by=viewer.user_id).within(requirements).count()
    free = len(Escalation.objects.queue(requirements, limit=COUNT_MAX + 1))
    return {"mine": min(mine + free, COUNT_MAX + 1), "team": min(team, COUNT_MAX + 1)}


def task_types(viewer: Viewer) -> list[str]:
    """The task types that stand in the open lists of `viewer`, for the filter."""
    open_now = Escalation.objects.open().within(access.requirements_for(viewer))
    return list(open_now.order_by("task_type").values_list("task_type", flat=True).distinct()[:100])


def _mine(viewer: Viewer, requirements: Sequence[int] | None, wanted: Wanted) -> Page:
    """What is free for this person and what they hold, soonest first."""
    after = _rank_key(wanted.after)
    if wanted.narrowed:
        free = Escalation.objects.waiting().within(requirements)
        held = Escalation.objects.filter(held_by=viewer.user_id, state=State.HELD)
        return _by_rank(_narrow(free | held, wanted), wanted)
    numbers = Escalation.objects.queue(requirements, after=after, limit=PAGE + 1)
    held = Escalation.objects.filter(held_by=viewer.user_id, state=State.HELD)
    wanted_rows = Q(number__in=numbers) | Q(number__in=held.values("number"))
    return _by_rank(Escalation.objects.filter(wanted_rows), wanted)


def _by_rank(found: EscalationQuerySet, wanted: Wanted) -> Page:
    after = _rank_key(wanted.after)
    if after is not None:
        found = found.filter(Q(rank__gt=after[0]) | Q(rank=after[0], number__gt=after[1]))
    keys = found.order_by("rank", "number").values_list("number", "id", "version", "rank")
    listed = list(keys[: PAGE + 1])
    last = listed[PAGE - 1] if len(listed) > PAGE else None
    following = f"{last[3]}.{last[0]}" if last else ""
    return Page(rows.html_of([key[:3] for key in listed[:PAGE]]), following, wanted)


def _done(viewer: Viewer, requirements: Sequence[int] | None, wanted: Wanted) -> Page:
    """Own history for reviewers, everybody's for the other roles; `to_check` is flagged L1 work."""
    done = Escalation.objects.decided()
    if wanted.to_check:
        done = done.filter(flagged=True).within(requirements)
    elif not viewer.sees_all:
        done = done.filter(decided_by=viewer.user_id)
    return _latest(_narrow(done, wanted), wanted)


def _latest(found: EscalationQuerySet, wanted: Wanted) -> Page:
    if wanted.after:
        moment, number = _time_key(wanted.after)
        found = found.filter(Q(decided_at__lt=moment) | Q(decided_at=moment, number__lt=number))
    keys = found.order_by("-decided_at", "-number")
    listed = list(keys.values_list("number", "id", "version", "decided_at")[: PAGE + 1])
    last = listed[PAGE - 1] if len(listed) > PAGE else None
    following = f"{last[3]:%Y-%m-%dT%H:%M:%S.%f%z}.{last[0]}" if last else ""
    return Page(rows.html_of([key[:3] for key in listed[:PAGE]]), following, wanted)


def _found(viewer: Viewer, requirements: Sequence[int] | None, wanted: Wanted) -> Page:
    """A case number, an id, or words of the summary or the customer's name, in any state."""
    words = wanted.search.strip()
    digits = words.upper().removeprefix("BTN-")
    if digits.isdecimal() and len(digits) < 19:
        match = Q(number=int(digits))
    else:
        match = Q(id=words) | Q(correlation_id=words)
        match |= Q(summary__icontains=words) | Q(customer__icontains=words)
    theirs = Q(held_by=viewer.user_id) | Q(decided_by=viewer.user_id)
    if requirements is not None:
        match &= theirs | Q(requirement__in=requirements)
    found = _narrow(Escalation.objects.filter(match), replace(wanted, search=""))
    keys = list(found.order_by("-number").values_list("number", "id", "version")[:PAGE])
    return Page(rows.html_of(keys), "", wanted)


def _narrow(found: EscalationQuerySet, wanted: Wanted) -> EscalationQuerySet:
    if wanted.task_type:
        found = found.filter(task_type=wanted.task_type)
    if wanted.level:
        found = found.filter(level=wanted.level)
    return found


def _rank_key(written: str) -> tuple[int, int] | None:
    if not written:
        return None
    rank, _, number = written.rpartition(".")
    try:
        return int(rank), int(number)
    except ValueError:
        raise Invalid("This page of the list does not exist.") from None


def _time_key(written: str) -> tuple[datetime, int]:
    moment, _, number = written.rpartition(".")
    try:
        return datetime.fromisoformat(moment), int(number)
    except ValueError:
        raise Invalid("This page of the list does not exist.") from None
