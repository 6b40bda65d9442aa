"""What a reader should take from the figures, before any chart."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from metrics.figures import Figures, Rate
from metrics.reports import PeriodReport
from metrics.wording import cases, of, percent, rate, span

GOAL_IN_TIME = 0.9
# Of fewer cases a single one that is late would make the sentence.
CASES_MIN = 5
CHANGE_MIN = 0.01


@dataclass(frozen=True, slots=True)
class Sentence:
    """One observation: how it is, what is behind it, and the chart that shows it."""

    mood: str
    text: str
    detail: str
    chart: str

    @property
    def icon(self) -> str:
        return "yes" if self.mood == "ok" else "info" if self.mood == "dim" else "alert"


def sentences(now: PeriodReport, before: PeriodReport, titles: Mapping[str, str]) -> list[Sentence]:
    """The most serious first; none where people decided nothing."""
    if not now.total.decided:
        return []
    found = [
        *_override(now, before, titles),
        *_came_back(now, before, titles),
        *_late(now, titles),
        *_waited(now, before),
        *_unchanged(now, titles),
    ]
    return sorted(found, key=lambda one: ("danger", "warn", "ok", "dim").index(one.mood))


def _override(
    now: PeriodReport, before: PeriodReport, titles: Mapping[str, str]
) -> Iterator[Sentence]:
    rate_now = now.total.override_rate
    if rate_now.value is None:
        return
    text, mood = _compared(
        rate_now,
        before.total.override_rate,
        more="People change more of what agents propose",
        less="People change less of what agents propose",
        same="People change about as much as before",
        first="People changed what agents proposed",
    )
    yield Sentence(
        mood, text, _mostly(now, lambda f: f.overridden, rate_now.numerator, titles), "override"
    )


def _came_back(
    now: PeriodReport, before: PeriodReport, titles: Mapping[str, str]
) -> Iterator[Sentence]:
    rate_now = now.total.re_escalation_rate
    if not rate_now.numerator:
        yield Sentence("ok", "No case came back after its decision.", "", "again")
        return
    text, mood = _compared(
        rate_now,
        before.total.re_escalation_rate,
        more="More cases came back",
        less="Fewer cases came back",
        same="As many cases came back as before",
        first="Cases came back after their decision",
    )
    yield Sentence(
        mood, text, _mostly(now, lambda f: f.raised_again, rate_now.numerator, titles), "again"
    )


def _late(now: PeriodReport, titles: Mapping[str, str]) -> Iterator[Sentence]:
    """Task types that miss the goal, the worst two."""
    missed = [
        (met.value or 0.0, name, met)
        for name, figures in now.by_task_type.items()
        if (met := figures.deadline_met).denominator >= CASES_MIN
        and (met.value or 0) < GOAL_IN_TIME
    ]
    for value, name, met in sorted(missed)[:2]:
        late = met.denominator - met.numerator
        text = f"{titles[name]}: only {percent(value)} are decided in time."
        yield Sentence(
            "warn", text, f"{cases(late)} of {met.denominator:,} late or expired.", "in-time"
        )
    if not missed and (met := now.total.deadline_met).value is not None:
        text = (
            f"{rate(met)} are decided in time, and no task type is below {percent(GOAL_IN_TIME)}."
        )
        yield Sentence("ok", text, f"{of(met)}.", "in-time")


def _waited(now: PeriodReport, before: PeriodReport) -> Iterator[Sentence]:
    half, most = now.total.decide.p50, now.total.decide.p90
    earlier = before.total.decide.p50
    was = f" It was {span(earlier)} before." if earlier is not None else ""
    text = f"Half of the cases are decided within {span(half)}, nine in ten within {span(most)}."
    yield Sentence("dim", text, was.strip(), "time")


def _unchanged(now: PeriodReport, titles: Mapping[str, str]) -> Iterator[Sentence]:
    """The task type that people have least to do with, where that is certain enough."""
    sure = [
        (figures.approved_unchanged.lower_95 or 0.0, name, figures.approved_unchanged)
        for name, figures in now.by_task_type.items()
        if figures.on_proposal >= 2 * CASES_MIN
    ]
    if sure and max(sure)[0] >= 0.75:
        lower, name, share = max(sure)
        text = f"{titles[name]}: {rate(share)} are approved unchanged."
        detail = f"At least {percent(lower)}, with 95 % certainty; {of(share)}."
        yield Sentence("dim", text, detail, "unchanged")


def _compared(
    now: Rate, before: Rate, *, more: str, less: str, same: str, first: str
) -> tuple[str, str]:
    if before.value is None or now.value is None:
        return f"{first}: {rate(now)}.", "dim"
    change = now.value - before.value
    if abs(change) < CHANGE_MIN:
        return f"{same}: {rate(now)}.", "dim"
    elif change > 0:
        return (
            f"{more}: {rate(now)}, up from {rate(before)}.",
            "danger" if change > 0.05 else "warn",
        )
    else:
        return f"{less}: {rate(now)}, down from {rate(before)}.", "ok"


def _mostly(
    now: PeriodReport, number: Callable[[Figures], int], total: int, titles: Mapping[str, str]
) -> str:
    """Where most of it comes from."""
    if not total or len(now.by_task_type) < 2:
        return f"{cases(total)}." if total else ""
    name, figures = max(now.by_task_type.items(), key=lambda one: number(one[1]))
    return f"Most in {titles[name]}: {number(figures):,} of {total:,}."
