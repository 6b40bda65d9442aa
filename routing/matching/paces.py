"""How long somebody is expected to take: what they have shown, as far as it can be relied on.

One slow case says little of a person. What was learnt from few cases counts for little beside what
is usual, and the more cases there are, the more it counts. What is usual is learnt as well: for the
kind of work, for those of the same grade, and for this person at all they do.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log
from statistics import fmean
from typing import NamedTuple

from escalations.eligibility import Id

# With so many cases what somebody has shown counts half; with so many of one grade what that grade
# has shown. By measurement: docs/performance.md.
COUNTS_HALF, GRADE_COUNTS_HALF = 12, 20
USUAL_MIN = 10.0  # Of work that nobody has done yet.
SOON_MIN = 1.0
LAST = 50
LEAST_MIN, MOST_MIN = 0.1, 120.0


class Handled(NamedTuple):
    """The middle of somebody's handle times for one kind of work, and of how many it is."""

    minutes: float
    cases: int


@dataclass(frozen=True, slots=True)
class Paces:
    """Expected minutes by kind of work: `usual`, and of those who have shown something `own`.

    `by_grade` is how many times the usual those of a grade need, `asks` the skills that a kind of
    work asks for, so that something is known of newcomers as well.
    """

    usual: Mapping[str, float] = field(default_factory=dict)
    own: Mapping[Id, Mapping[str, float]] = field(default_factory=dict)
    by_grade: Mapping[int, float] = field(default_factory=dict)
    asks: Mapping[str, Collection[str]] = field(default_factory=dict)

    def of(self, person: Id, skills: Mapping[str, int]) -> Mapping[str, float]:
        """What this person, who has these skills, is expected to need."""
        if person in self.own:
            return self.own[person]
        return {
            kind: minutes * self.by_grade.get(_grade(skills, self.asks.get(kind, ())), 1.0)
            for kind, minutes in self.usual.items()
        }


def shown(minutes: Sequence[float]) -> Handled | None:
    """What so many handle times show; of more than the last 50, which come first, only those.

    The middle half counts, in proportion: a pause in one case moves it as little as the median, and
    it needs fewer cases to be sure of.
    """
    lately = sorted(min(max(one, LEAST_MIN), MOST_MIN) for one in minutes[:LAST])
    if not lately:
        return None
    cut = len(lately) // 4
    return Handled(exp(fmean(log(one) for one in lately[cut : len(lately) - cut])), len(lately))


def expected(
    learnt: Mapping[Id, Mapping[str, Handled]],
    skills: Mapping[Id, Mapping[str, int]],
    asks: Mapping[str, Collection[str]],
) -> Paces:
    """What everybody is expected to need, by what they have shown. `asks` names the skills that a
    kind of work asks for."""
    everybody: dict[str, list[Handled]] = defaultdict(list)
    for theirs in learnt.values():
        for kind, one in theirs.items():
            everybody[kind].append(one)
    usual = {kind: _middle(all_) for kind, all_ in everybody.items()}
    grades = {
        person: {kind: _grade(skills.get(person, {}), asks.get(kind, ())) for kind in usual}
        for person in learnt
    }
    by_grade = _by_grade(
        (grades[person][kind], log(one.minutes / usual[kind]), one.cases)
        for person, theirs in learnt.items()
        for kind, one in theirs.items()
    )
    own = {}
    for person, theirs in learnt.items():
        first = {kind: usual[kind] * by_grade.get(grades[person][kind], 1.0) for kind in usual}
        own[person] = _own(theirs, first)
    return Paces(usual, own, by_grade, asks)


def ends(since: float, minutes: float, now: float) -> float:
    """When what was begun then is expected to end."""
    end = since + minutes
    # Whoever takes longer than usual is not done any minute: it may well take as long again.
    return max(end, now + max(SOON_MIN, now - end))


def _middle(all_: Sequence[Handled]) -> float:
    """Of all cases, each at the pace of who did it, so that many weigh more than one; in
    proportion, because eight times as long is as far off as an eighth."""
    cases = sum(one.cases for one in all_)
    return exp(sum(one.cases * log(one.minutes) for one in all_) / cases)


def _grade(skills: Mapping[str, int], asked: Collection[str]) -> int:
    """The lowest of what they have of the skills asked for; 0 where none is."""
    return min((skills.get(name, 0) for name in asked), default=0)


def _by_grade(rows: Iterable[tuple[int, float, int]]) -> dict[int, float]:
    """How many times the usual those of each grade need, from (grade, logarithm of how many times
    somebody did, of how many cases). Learnt, not supposed: who knows more may be given harder work.
    """
    sums: dict[int, float] = defaultdict(float)
    counts: dict[int, int] = defaultdict(int)
    for grade, times, cases in rows:
        sums[grade] += times * cases
        counts[grade] += cases
    return {grade: exp(sums[grade] / (counts[grade] + GRADE_COUNTS_HALF)) for grade in counts}


def _own(theirs: Mapping[str, Handled], first: Mapping[str, float]) -> dict[str, float]:
    """From what is expected of somebody of whom nothing is known, towards what they have shown:
    at all they do together, and beyond that at each kind of work."""
    apart = {kind: log(one.minutes / first[kind]) for kind, one in theirs.items()}
    counts = {kind: one.cases / (one.cases + COUNTS_HALF) for kind, one in theirs.items()}
    # As if one more kind of work had shown them to be like all others.
    at_all = sum(counts[kind] * apart[kind] for kind in apart) / (1 + sum(counts.values()))
    return {
        kind: minutes * exp(at_all + counts.get(kind, 0.0) * (apart.get(kind, at_all) - at_all))
        for kind, minutes in first.items()
    }
