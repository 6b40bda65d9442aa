"""The list of the Audit screen: every case, newest first, found by number, id, words, and by who,
what, when, task type, level, outcome and version of the policy."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from escalations.models import Escalation, Event, State, search_words

PAGE = 50
POLICY = frozenset({"policy", "the policy"})
LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases; what is empty narrows nothing."""

    search: str = ""
    who: str = ""
    what: str = ""
    since: datetime | None = None
    until: datetime | None = None
    task_type: str = ""
    level: int = 0
    outcome: str = ""
    policy: int = 0
    before: int | None = None


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of cases, and the number below which the next one begins; None on the last."""

    cases: list[Escalation]
    next: int | None


def page(wanted: CaseFilter) -> CasePage:
    """The newest cases that are wanted."""
    found = Escalation.objects.order_by("-number")
    number = _number(wanted.search)
    if number is not None:
        found = found.filter(number=number)
    if wanted.who:
        found = found.filter(_by(wanted.who))
    if wanted.what:
        said = Event.objects.filter(escalation=OuterRef("pk"), kind=wanted.what)
        found = found.filter(Exists(said))
    narrowed: dict[str, Any] = {
        "arrived_at__gte": wanted.since, "arrived_at__lt": wanted.until,
        "task_type": wanted.task_type, "level": wanted.level, "outcome": wanted.outcome,
        "policy_version": wanted.policy, "number__lt": wanted.before,
    }  # fmt: skip
    found = found.filter(**{name: value for name, value in narrowed.items() if value})
    if wanted.search and number is None:
        numbers = search_words.newest(
            found.order_by(), wanted.search, at_most=PAGE + 1, below=wanted.before
        )
        found = Escalation.objects.filter(number__among=numbers).order_by("-number")
    cases = list(found.select_related("agent", "decided_by")[: PAGE + 1])
    return CasePage(cases[:PAGE], cases[PAGE - 1].number if len(cases) > PAGE else None)


def lately(now: datetime) -> dict[str, int]:
    """How many cases of each task type arrived within 30 days."""
    recent = Escalation.objects.filter(arrived_at__gt=now - LATELY).order_by()
    return dict(recent.values_list("task_type").annotate(Count("number")))


def _number(search: str) -> int | None:
    digits = search.upper().removeprefix("BTN-")
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 18
    return int(digits) if is_number else None


def _by(who: str) -> Q:
    """Who decided or holds it, or sent it: by username, by name, or by the name of the agent; what
    was let pass by “policy”."""
    if who.casefold() in POLICY:
        return Q(state=State.DECIDED, decided_by=None)
    found = Q(agent__name__iexact=who)
    for column in ("decided_by", "held_by"):
        named = Q(**{f"{column}__username__iexact": who})
        whole = Q()
        for word in who.split():
            whole &= Q(**{f"{column}__first_name__iexact": word}) | Q(
                **{f"{column}__last_name__iexact": word}
            )
        found |= named | whole
    return found
