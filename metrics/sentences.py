"""What a reader should take from the figures, before any chart.

Whether a share may be spoken of, and how certain it is, is asked of `claims.py`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from metrics import claims
from metrics.claims import CASES_MIN, Certainty
from metrics.figures import Figures, Rate
from metrics.reports import PeriodReport
from metrics.wording import cases, of, percent, span

GOAL_IN_TIME = 0.9
SURE_UNCHANGED = 0.75


@dataclass(frozen=True, slots=True)
class Sentence:
    """One observation: how it is, what is behind it, and the chart that shows it; or the figure
    whose cases it is about."""

    mood: str
    text: str
    detail: str
    chart: str = ""
    figure: str = ""

    @property
    def icon(self) -> str:
        return "yes" if self.mood == "ok" else "info" if self.mood == "dim" else "alert"


def sentences(
    now: PeriodReport, before: PeriodReport, titles: Mapping[str, str], *, open_late: int = 0
) -> list[Sentence]:
    """The most serious first; where people decided nothing, only what is open and late."""
    found = [*_open_late(open_late), *_reversed(now.total)]
    if now.total.decided:
        found += [
            *_override(now, before, titles),
            *_came_back(now, before, titles),
            *_late(now, titles),
            *_waited(now, before),
            *_unchanged(now, titles),
        ]
    return sorted(found, key=lambda one: ("danger", "warn", "ok", "dim").index(one.mood))


def _open_late(count: int) -> Iterator[Sentence]:
    if count:
        text = (
            "1 open case is over time now."
            if count == 1
            else f"{count:,} open cases are over time now."
        )
        detail = "No share counts what is open: it is late in none of them until it ends."
        yield Sentence("danger", text, detail, figure="open_late")


def _reversed(total: Figures) -> Iterator[Sentence]:
    """A count, not a share: each of them was one too many."""
    count = total.reversed
    if count:
        text = (
            "1 answer was reversed after the agent had it."
            if count == 1
            else f"{count:,} answers were reversed after the agent had them."
        )
        of_all = f"Of {cases(total.decided + total.automatic)} answered by people or the policy."
        yield Sentence("warn", text, of_all, figure="reversed")


def _override(
    now: PeriodReport, before: PeriodReport, titles: Mapping[str, str]
) -> Iterator[Sentence]:
    share, was = now.total.override_rate, before.total.override_rate
    if not claims.enough(share):
        text = claims.few("how much people change of what agents propose", share)
        yield Sentence("dim", text, "", "override")
        return
    text, mood = _compared(
        share,
        was,
        more="People change more of what agents propose",
        less="People change less of what agents propose",
        same="People changed what agents proposed",
    )
    detail = _mostly(now, lambda f: f.overridden, share.numerator, titles)
    yield Sentence(mood, text, detail, "override")


def _came_back(
    now: PeriodReport, before: PeriodReport, titles: Mapping[str, str]
) -> Iterator[Sentence]:
    share, was = now.total.re_escalation_rate, before.total.re_escalation_rate
    if not claims.enough(share):
        yield Sentence("dim", claims.few("how many come back", share), "", "again")
        return
    elif not share.numerator:
        text = f"None of {share.denominator:,} decisions came back."
        detail = f"At most {percent(share.upper_95)} do, with 95 % certainty."
        yield Sentence("ok", text, detail, "again")
        return
    text, mood = _compared(
        share,
        was,
        more="More cases came back",
        less="Fewer cases came back",
        same="Cases came back after their decision",
    )
    detail = _mostly(now, lambda f: f.raised_again, share.numerator, titles)
    yield Sentence(mood, text, detail, "again")


def _late(now: PeriodReport, titles: Mapping[str, str]) -> Iterator[Sentence]:
    """Task types that miss the goal, the worst two; then how all of them stand to it."""
    by_type = {name: f.deadline_met for name, f in now.by_task_type.items()}
    judged = {name: one for name, one in by_type.items() if claims.enough(one)}
    below = {name: one for name, one in judged.items() if (one.value or 0) < GOAL_IN_TIME}
    for name, one in sorted(below.items(), key=lambda pair: pair[1].value or 0)[:2]:
        sure = claims.against(one, GOAL_IN_TIME) is Certainty.BELOW
        misses = "misses" if sure else "may miss"
        goal = f"the goal of {percent(GOAL_IN_TIME)} in time"
        text = f"{titles[name]} {misses} {goal}: {claims.spoken(one)}."
        late = one.denominator - one.numerator
        yield Sentence(
            "warn" if sure else "dim", text, f"{cases(late)} late or expired.", "in-time"
        )
    total = now.total.deadline_met
    if not claims.enough(total):
        yield Sentence("dim", claims.few("how many are in time", total), "", "in-time")
    elif not below:
        few = sum(bool(one.denominator) for one in by_type.values()) - len(judged)
        said = [f"No task type with at least {CASES_MIN} cases is below {percent(GOAL_IN_TIME)}."]
        # Of one task type alone that is what the sentence before says.
        said = said if judged and len(by_type) > 1 else []
        if few:
            types = "1 task type has" if few == 1 else f"{few} task types have"
            said.append(f"{types} fewer than {CASES_MIN}, too few to say.")
        sure = claims.against(total, GOAL_IN_TIME) is Certainty.ABOVE
        text = f"Decided in time: {claims.spoken(total)}."
        yield Sentence("ok" if sure else "dim", text, " ".join(said), "in-time")


def _waited(now: PeriodReport, before: PeriodReport) -> Iterator[Sentence]:
    many = now.total.decided
    if many < CASES_MIN:
        return
    half, most = now.total.decide.p50, now.total.decide.p90
    earlier = before.total.decide.p50 if before.total.decided >= CASES_MIN else None
    was = f" Half within {span(earlier)} before." if earlier is not None else ""
    text = (
        f"Half of {cases(many)} were decided within {span(half)}, nine in ten within {span(most)}."
    )
    yield Sentence("dim", text, was.strip(), "time")


def _unchanged(now: PeriodReport, titles: Mapping[str, str]) -> Iterator[Sentence]:
    """The task type that people have least to do with, where that is certain enough."""
    sure = [
        (share.lower_95 or 0.0, name, share)
        for name, figures in now.by_task_type.items()
        if claims.against(share := figures.approved_unchanged, SURE_UNCHANGED) is Certainty.ABOVE
    ]
    if sure:
        _, name, share = max(sure)
        text = f"{titles[name]} are approved unchanged: {claims.spoken(share)}."
        yield Sentence("dim", text, "", "unchanged")


def _compared(now: Rate, before: Rate, *, more: str, less: str, same: str) -> tuple[str, str]:
    """The sentence by what is certain, and its mood."""
    verdict, said = claims.change(now, before), claims.spoken(now)
    if verdict is Certainty.ABOVE:
        rise = (now.value or 0) - (before.value or 0)
        text = f"{more}: {said}, up from {percent(before.value)} of {before.denominator:,}."
        return text, "danger" if rise > 0.05 else "warn"
    elif verdict is Certainty.BELOW:
        return f"{less}: {said}, down from {percent(before.value)} of {before.denominator:,}.", "ok"
    elif verdict is Certainty.FEW:
        return f"{same}: {said}.", "dim"
    else:
        was = f"{percent(before.value)} of {before.denominator:,}"
        return f"{same}: {said}. Before it was {was}, no clear change.", "dim"


def _mostly(
    now: PeriodReport, number: Callable[[Figures], int], total: int, titles: Mapping[str, str]
) -> str:
    """Where most of it comes from; nothing where that are too few cases, or no one task type."""
    counted = sorted(((number(one), name) for name, one in now.by_task_type.items()), reverse=True)
    if total < CASES_MIN or len(counted) < 2 or counted[0][0] == counted[1][0]:
        return ""
    most, name = counted[0]
    return f"Most in {titles[name]}: {of(Rate(most, total))}."
