"""What is typed about one person's work: skills, team, load, limits, week and time off."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from console.forms.merging import Merging
from console.forms.numbers import WholeNumber
from console.forms.plain import Plain
from console.people import managing
from routing.attendance.weeks import DAYS, OFF_FORMAT, Day
from routing.models import Duty, Team
from routing.people import teams

SKILL, LIMIT = "skill:", "limit:"
GRADES = [
    ("0", "–"),
    ("1", "1 learning"),
    ("2", "2 basic"),
    ("3", "3 working"),
    ("4", "4 strong"),
    ("5", "5 expert"),
]


class SkillsForm(Merging):
    """One field for each skill there is."""

    def __init__(self, data: Any = None, *, known: Iterable[str], have: Mapping[str, int]) -> None:
        super().__init__(data)
        for name in known:
            self.fields[SKILL + name] = forms.ChoiceField(
                choices=GRADES,
                label=name,
                initial=str(have.get(name, 0)),
                widget=forms.Select(attrs={"class": "input"}),
            )

    @property
    def chosen(self) -> dict[str, int]:
        """Skill to proficiency, as chosen."""
        return {name.removeprefix(SKILL): int(grade) for name, grade in self.cleaned_data.items()}


class DutyForm(Merging):
    team = forms.ModelChoiceField(
        Team.objects.order_by("name"), required=False, empty_label="No team: takes from the list"
    )
    time_zone = forms.CharField(
        max_length=64,
        help_text="The week and time off are on this clock, such as Europe/Berlin.",
        widget=forms.TextInput(attrs={"list": "zones", "class": "input", "autocomplete": "off"}),
    )

    @classmethod
    def of(cls, duty: Duty | None, data: Any = None) -> "DutyForm":
        """Filled with what is so now."""
        team, zone = (duty.team_id, duty.time_zone) if duty else (None, "UTC")
        return cls(data, initial={"team": team, "time_zone": zone})


class CapacityForm(Merging):
    units = WholeNumber(min_value=1, max_value=managing.UNITS_MAX, label="Units at once")


class LoadForm(CapacityForm):
    """Units in all, and at most so many of one kind of work."""

    def __init__(
        self, data: Any = None, *, kinds: Mapping[str, str], initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        for name, title in kinds.items():
            self.fields[LIMIT + name] = WholeNumber(
                required=False,
                min_value=0,
                max_value=teams.LIMIT_MAX,
                label=title,
                widget=forms.TextInput(attrs={"class": "input", "placeholder": "no limit"}),
            )

    @property
    def kinds(self) -> list[forms.BoundField]:
        """The fields of the kinds of work."""
        return [self[name] for name in self.fields if name.startswith(LIMIT)]

    @property
    def has_limits(self) -> bool:
        """Whether one is set or typed."""
        return any(field.value() not in {None, ""} for field in self.kinds)

    @property
    def limits(self) -> dict[str, int]:
        """Task type to units, as typed."""
        return {
            name.removeprefix(LIMIT): value
            for name, value in self.cleaned_data.items()
            if name.startswith(LIMIT) and value is not None
        }


class WeekForm(Merging):
    """Work and breaks of each weekday, as spans of time."""

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        for number, day in enumerate(DAYS):
            for part, words in (("work", "works"), ("breaks", "breaks")):
                self.fields[f"{part}:{number}"] = forms.CharField(
                    max_length=200,
                    required=False,
                    label=f"{day}, {words}",
                    widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
                )

    @classmethod
    def of(cls, days: list[Day], data: Any = None) -> "WeekForm":
        """Filled with what is so now."""
        work = {f"work:{day.number}": day.work for day in days}
        return cls(data, initial=work | {f"breaks:{day.number}": day.breaks for day in days})

    @property
    def days(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Name, work and breaks of each weekday."""
        return [(day, self[f"work:{n}"], self[f"breaks:{n}"]) for n, day in enumerate(DAYS)]


class TimeOffForm(Plain):
    starts = forms.DateTimeField(label="From", input_formats=[OFF_FORMAT])
    ends = forms.DateTimeField(label="To", input_formats=[OFF_FORMAT])
    reason = forms.CharField(max_length=100, required=False, help_text="Holiday, training, …")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for name in ("starts", "ends"):
            field = self.fields[name]
            field.widget = forms.DateTimeInput(
                attrs={"type": "datetime-local", "class": "input"}, format=OFF_FORMAT
            )
            field.error_messages["invalid"] = "Write a day and a time, such as 2026-12-24 09:00."

    def clean(self) -> dict[str, Any]:
        """Times on the person's clock have no zone yet."""
        cleaned = dict(super().clean() or {})
        for name in ("starts", "ends"):
            if name in cleaned:
                cleaned[name] = cleaned[name].replace(tzinfo=None)
        return cleaned
