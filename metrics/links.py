"""Numbers of the page that lead to exactly the cases that they count."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from metrics.figures import Rate
from metrics.reports import Days


@dataclass(frozen=True, slots=True)
class Linked:
    """A piece of a cell or a headline, and where it leads, if anywhere."""

    text: str
    href: str = ""


Cell = tuple[Linked, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """Where the figures of one page lead: of these days, of one task type if one is chosen."""

    days: Days
    task_type: str = ""

    def number(
        self, figure: str, count: int, *, task_type: str = "", days: Days | None = None
    ) -> Linked:
        """This many cases, and the way to them."""
        if not count:
            return Linked("0")
        between = days or self.days
        asked = {"figure": figure, "from": between.first, "to": between.last}
        if kind := task_type or self.task_type:
            asked["task_type"] = kind
        return Linked(f"{count:,}", f"{reverse('metrics:cases')}?{urlencode(asked)}")

    def of(
        self, counted: str, among: str, one: Rate, *, task_type: str = "", days: Days | None = None
    ) -> Cell:
        """`12 of 40`, both with their cases."""
        return (
            self.number(counted, one.numerator, task_type=task_type, days=days),
            Linked(" of "),
            self.number(among, one.denominator, task_type=task_type, days=days),
        )


def text(*words: str) -> list[Cell]:
    """Cells that lead nowhere."""
    return [(Linked(word),) for word in words]
