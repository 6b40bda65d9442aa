"""The list of the Audit screen: every case, newest first, found by number, id, words, and by who,
what, when, task type, level, outcome and version of the policy."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from escalations.models import Agent, Escalation, search_words
from escalations.record_screen import doers

PAGE = 50
TOTAL_MAX = 10_000  # More are not counted.
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
    """One page of cases, the number below which the next one begins (None on the last), and how
    many there are in all."""

    cases: list[Escalation]
    next: int | None
    # Of all that are wanted; None where words were searched for and there are more.
    total: int | None = None

    @property
    def counted(self) -> str:
        """The total in words."""
        if self.total is None:
            return f"the newest {len(self.cases)}"
        return counted(self.total, "case", "cases")


def counted(total: int, one: str, many: str) -> str:
    """`1 case`, `1,204 cases`, `more than 10,000 cases`."""
    if total > TOTAL_MAX:
        return f"more than {TOTAL_MAX:,} {many}"
    return f"{total:,} {one if total == 1 else many}"


def page(wanted: CaseFilter) -> CasePage:
    """The newest cases that are wanted."""
    found = Escalation.objects.order_by("-number")
    number = _number(wanted.search)
    if number is not None:
        found = found.filter(number=number)
    if wanted.who or wanted.what:
        found = found.filter(_done(wanted.who, wanted.what))
    narrowed: dict[str, Any] = {
        "arrived_at__gte": wanted.since, "arrived_at__lt": wanted.until,
        "task_type": wanted.task_type, "level": wanted.level, "outcome": wanted.outcome,
        "policy_version": wanted.policy,
    }  # fmt: skip
    found = found.filter(**{name: value for name, value in narrowed.items() if value})
    total = None if wanted.search else found.order_by()[: TOTAL_MAX + 1].count()
    if wanted.before:
        found = found.filter(number__lt=wanted.before)
    if wanted.search and number is None:
        numbers = search_words.newest(
            found.order_by(), wanted.search, at_most=PAGE + 1, below=wanted.before
        )
        found = Escalation.objects.filter(number__among=numbers).order_by("-number")
    cases = list(found.select_related("agent", "decided_by")[: PAGE + 1])
    more = len(cases) > PAGE
    if wanted.search and not more and not wanted.before:
        total = len(cases)
    return CasePage(cases[:PAGE], cases[PAGE - 1].number if more else None, total)


def lately(now: datetime) -> dict[str, int]:
    """How many cases of each task type arrived within 30 days."""
    recent = Escalation.objects.filter(arrived_at__gt=now - LATELY).order_by()
    return dict(recent.values_list("task_type").annotate(Count("number")))


def _number(search: str) -> int | None:
    digits = search.upper().removeprefix("BTN-")
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 18
    return int(digits) if is_number else None


def _done(who: str, what: str) -> Q:
    """In whose record this person, agent or machine did this, or anything. An agent's own cases
    are known without their record."""
    of_agents = doers.agents(who) if who and not what else Agent.objects.none()
    actors = doers.actors(who) if who else None
    if of_agents.exists():
        actors = [one for one in actors or () if not one.startswith("agent:")]
    done = Q(agent__in=of_agents)
    return done | Q(id__in=doers.cases_of(what, actors)) if actors or not who else done
