"""The lists of the inbox: for me, team, snoozed, done; searched, filtered and paged by keyset."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Value, When
from django.utils.safestring import SafeString

from escalations import access
from escalations.access import Viewer
from escalations.inbox import rows
from escalations.models import Escalation, Vote, search_words
from escalations.models.querysets import (
    IN_TURN,
    PLACE,
    WAITS_ON_OTHERS,
    EscalationQuerySet,
    Key,
)
from escalations.policy import versions
from escalations.refusals import Invalid

PAGE = 50
COUNT_MAX = 999
EVERY_IN_TURN = Value(IN_TURN)
BY_RANK = F("rank")
TABS = ("mine", "team", "snoozed", "done")


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which list, and what of it."""

    tab: str = "mine"
    search: str = ""
    task_type: str = ""
    level: int | None = None
    # "late" or "hour", and the moment before which an answer is due then.
    urgency: str = ""
    due_before: datetime | None = None
    to_check: bool = False
    after: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether less than the whole list is wanted."""
        chosen = self.search or self.task_type or self.level or self.urgency or self.to_check
        return bool(chosen)


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of rows as HTML, and the key of the next one; empty when there is none.

    `places` say of each row of a person's own list its turn and rank, for the heads between them.
    """

    rows: list[SafeString]
    next: str = ""
    task_types: frozenset[str] = frozenset()
    places: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page, how many stand on each list of open work, and the task types to choose from."""

    page: QueuePage
    counts: dict[str, int]
    task_types: list[tuple[str, str]]


def inbox(viewer: Viewer, wanted: QueueFilter) -> Inbox:
    """The page that is wanted, and what stands around it.

    Lists are counted up to 999, which the screen shows as 999+. To choose from are the task types
    of the policy and those on this page: looking for others would read the whole queue.
    """
    requirements = access.requirements_for(viewer)
    wanted_page = _page(viewer, requirements, wanted)
    counted = Escalation.objects.counted(
        viewer.user_id, requirements, asked=viewer.username, at_most=COUNT_MAX + 1
    )
    known = {*versions.current().document.task_types, *wanted_page.task_types, wanted.task_type}
    counts = {name: min(count, COUNT_MAX + 1) for name, count in counted._asdict().items()}
    titled = sorted((versions.title(name), name) for name in known - {""})
    return Inbox(wanted_page, counts, [(name, title) for title, name in titled])


def page(viewer: Viewer, wanted: QueueFilter) -> QueuePage:
    """The rows that `viewer` may see. Raises Invalid for a tab or page key that cannot be."""
    return _page(viewer, access.requirements_for(viewer), wanted)


def _page(viewer: Viewer, requirements: Sequence[int] | None, wanted: QueueFilter) -> QueuePage:
    if wanted.tab not in TABS:
        raise Invalid(f"There is no list “{wanted.tab}”.")
    if wanted.search:
        return _found(viewer, requirements, wanted)
    if wanted.tab == "mine":
        return _mine(viewer, requirements, wanted)
    elif wanted.tab == "team":
        others = Escalation.objects.with_others(viewer.user_id)
        seen = others.within(requirements, asked=viewer.username)
        return _by_rank(_narrow(seen, wanted), wanted)
    elif wanted.tab == "snoozed":
        snoozed = Escalation.objects.snoozed(_back_to(viewer))
        return _next_to_wake(_narrow(snoozed, wanted), wanted)
    else:
        return _done(viewer, requirements, wanted)


def _mine(viewer: Viewer, requirements: Sequence[int] | None, wanted: QueueFilter) -> QueuePage:
    """Alerts, what is offered to this person, then what is free for their skills, asks for them by
    name or is held by them, soonest first; behind the last page what waits for others after them.
    """
    after = _rank_key(wanted.after)
    if not wanted.narrowed:
        return _ranked(
            Escalation.objects.mine(
                viewer.user_id, requirements, asked=viewer.username, after=after, limit=PAGE + 1
            )
        )
    free = Escalation.objects.waiting().within(requirements, asked=viewer.username)
    found = _narrow(free | Escalation.objects.with_person(viewer.user_id), wanted)
    # As `mine` has it: a part counts on the current package.
    parts = Vote.objects.filter(
        escalation=OuterRef("pk"),
        person=viewer.user_id,
        package_version=OuterRef("package_version"),
        void_at__isnull=True,
    )
    turn = Case(
        When(Q(state__in=("waiting", "second")) & Exists(parts), then=WAITS_ON_OTHERS),
        default=IN_TURN,
        output_field=IntegerField(),
    )
    return _by_rank(found, wanted, turn, PLACE)


def _by_rank(
    listed: EscalationQuerySet,
    wanted: QueueFilter,
    turn: Case | Value = EVERY_IN_TURN,
    place: Case | F = BY_RANK,
) -> QueuePage:
    after = _rank_key(wanted.after)
    found = listed.annotate(turn=turn, place=place)
    if after is not None:
        later = Q(place__gt=after[0]) | Q(place=after[0], number__gt=after[1])
        found = found.filter(Q(turn=WAITS_ON_OTHERS) | Q(turn=IN_TURN) & later)
    keys = found.order_by("turn", "place", "number")
    named = keys.values_list("number", "id", "version", "place", "task_type", "turn")
    return _ranked(list(named[: 2 * (PAGE + 1)]))


def _ranked(keys: Sequence[Key]) -> QueuePage:
    own = [key for key in keys if key[5] != WAITS_ON_OTHERS]
    last = own[PAGE - 1] if len(own) > PAGE else None
    following = f"{last[3]}.{last[0]}" if last else ""
    shown = own[:PAGE] if last else keys
    return QueuePage(
        rows.html_of([key[:3] for key in shown]),
        following,
        frozenset(key[4] for key in shown),
        tuple((key[5], key[3]) for key in shown),
    )


def _back_to(viewer: Viewer) -> str | None:
    """Whose snoozed cases this person sees: their own, or those of all."""
    return None if viewer.sees_all else viewer.username


def _next_to_wake(found: EscalationQuerySet, wanted: QueueFilter) -> QueuePage:
    if wanted.after:
        moment, number = _time_key(wanted.after)
        found = found.filter(
            Q(snoozed_until__gt=moment) | Q(snoozed_until=moment, number__gt=number)
        )
    keys = found.order_by("snoozed_until", "number")
    return _timed(list(keys.values_list("number", "id", "version", "snoozed_until")[: PAGE + 1]))


def _done(viewer: Viewer, requirements: Sequence[int] | None, wanted: QueueFilter) -> QueuePage:
    """Own history for reviewers, everybody's for the other roles; `to_check` is flagged L1 work."""
    done = Escalation.objects.decided()
    if wanted.to_check:
        done = done.filter(flagged=True).within(requirements)
    elif not viewer.sees_all:
        done = done.filter(decided_by=viewer.user_id)
    return _latest(_narrow(done, wanted), wanted)


def _latest(found: EscalationQuerySet, wanted: QueueFilter) -> QueuePage:
    if wanted.after:
        moment, number = _time_key(wanted.after)
        found = found.filter(Q(decided_at__lt=moment) | Q(decided_at=moment, number__lt=number))
    keys = found.order_by("-decided_at", "-number")
    return _timed(list(keys.values_list("number", "id", "version", "decided_at")[: PAGE + 1]))


def _timed(listed: Sequence[tuple[int, str, int, Any]]) -> QueuePage:
    last = listed[PAGE - 1] if len(listed) > PAGE else None
    following = f"{last[3]:%Y-%m-%dT%H:%M:%S.%f%z}.{last[0]}" if last else ""
    return QueuePage(rows.html_of([key[:3] for key in listed[:PAGE]]), following)


def _found(viewer: Viewer, requirements: Sequence[int] | None, wanted: QueueFilter) -> QueuePage:
    """A case number, an id, or words of the summary or the customer's name, in any state."""
    words = wanted.search.strip()
    digits = words.upper().removeprefix("BTN-")
    seen = Escalation.objects.visible_to(viewer.user_id, viewer.username, requirements)
    seen = _narrow(seen, replace(wanted, search=""))
    # More digits than the column holds would be an error of the database, not an empty list.
    if digits.isascii() and digits.isdecimal() and len(digits) < 19:
        found = seen.filter(number=int(digits))
    else:
        numbers = search_words.newest(seen, words, at_most=PAGE)
        found = Escalation.objects.filter(number__among=numbers)
    keys = list(found.order_by("-number").values_list("number", "id", "version"))
    return QueuePage(rows.html_of(keys))


def _narrow(found: EscalationQuerySet, wanted: QueueFilter) -> EscalationQuerySet:
    if wanted.task_type:
        found = found.filter(task_type=wanted.task_type)
    if wanted.level:
        found = found.filter(level=wanted.level)
    if wanted.due_before:
        # The clock of what is snoozed stands, and what is answered is not due.
        ticking = found.open().exclude(state="snoozed")
        found = ticking.filter(respond_by__lt=wanted.due_before)
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
