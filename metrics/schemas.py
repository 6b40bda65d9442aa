"""The figures as `GET /metrics` shows them."""

import datetime
from dataclasses import asdict
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from metrics.figures import Figures, Rate
from metrics.reports import PeriodReport

Share = Annotated[float, Field(ge=0, le=1)]


class Answer(BaseModel):
    """Only what is named here; more may be added, so ignore what you do not know."""

    model_config = ConfigDict(extra="allow")


class RateAnswer(Answer):
    value: Share | None = Field(description="numerator ÷ denominator; null where that is 0")
    numerator: int
    denominator: int

    @classmethod
    def of(cls, rate: Rate) -> Self:
        return cls(value=rate.value, numerator=rate.numerator, denominator=rate.denominator)


class Bounded(RateAnswer):
    lower_95: Share | None = Field(description="lower bound of Wilson's 95 % interval")

    @classmethod
    def of(cls, rate: Rate) -> Self:
        value, lower = rate.value, rate.lower_95
        return cls(
            value=value, numerator=rate.numerator, denominator=rate.denominator, lower_95=lower
        )


class Split(Answer):
    """The overrides by kind."""

    cosmetic: int
    material: int
    rejected: int
    responded: int
    mixed: int
    taken_over: int


class OverrideRate(RateAnswer):
    split: Split


class Percentiles(Answer):
    """Seconds; null where nothing was decided."""

    p50: float | None
    p90: float | None
    p99: float | None


class FiguresAnswer(Answer):
    """Counts, rates with what they are shares of, and times as percentiles."""

    arrived: int
    decided: int = Field(description="by people, in effect; one per escalation")
    automatic: int
    expired: int
    cancelled: int
    reversed: int = Field(
        description="taken back after the agent had the answer; counted above too"
    )
    override_rate: OverrideRate
    approved_unchanged: Bounded
    re_escalation_rate: RateAnswer
    handoff_rate: RateAnswer
    deadline_met: RateAnswer
    time_to_accept_s: Percentiles
    time_to_decide_s: Percentiles

    @classmethod
    def of(cls, figures: Figures) -> Self:
        rate = figures.override_rate
        return cls(
            arrived=figures.arrived,
            decided=figures.decided,
            automatic=figures.automatic,
            expired=figures.expired,
            cancelled=figures.cancelled,
            reversed=figures.reversed,
            override_rate=OverrideRate(
                value=rate.value,
                numerator=rate.numerator,
                denominator=rate.denominator,
                split=Split(**figures.split),
            ),
            approved_unchanged=Bounded.of(figures.approved_unchanged),
            re_escalation_rate=RateAnswer.of(figures.re_escalation_rate),
            handoff_rate=RateAnswer.of(figures.handoff_rate),
            deadline_met=RateAnswer.of(figures.deadline_met),
            time_to_accept_s=Percentiles(**asdict(figures.accept)),
            time_to_decide_s=Percentiles(**asdict(figures.decide)),
        )


class TaskTypeFigures(FiguresAnswer):
    task_type: str


class DayFigures(FiguresAnswer):
    date: datetime.date


class Metrics(Answer):
    """The figures of some days: in all, by task type, by day."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    from_: datetime.date = Field(alias="from")
    to: datetime.date
    task_type: str | None
    total: FiguresAnswer
    by_task_type: list[TaskTypeFigures]
    by_day: list[DayFigures]

    @classmethod
    def of(cls, report: PeriodReport, *, task_type: str | None) -> Self:
        return cls(
            from_=report.days.first,
            to=report.days.last,
            task_type=task_type,
            total=FiguresAnswer.of(report.total),
            by_task_type=[
                TaskTypeFigures(task_type=name, **_said(figures))
                for name, figures in report.by_task_type.items()
            ],
            by_day=[
                DayFigures(date=day, **_said(figures)) for day, figures in report.by_day.items()
            ],
        )


def _said(figures: Figures) -> dict[str, object]:
    return dict(FiguresAnswer.of(figures))
