"""The form of opening hours on the Levels screen: a line of times for each weekday."""

import re
from datetime import date
from typing import Any

from django import forms

from console.forms.faults import Focusing
from escalations.policy import hours
from escalations.policy.deadlines import OpeningHours

JSON = dict[str, Any]
TIMES = "Type times such as 09:00-12:30, 13:30-17:00."
TIME = r"(\d{1,2})(?:[:.]?(\d{2}))?"


class Times(forms.CharField):
    """`9-12:30, 13:30-17` or nothing where it is closed; a list of spans in the policy."""

    def prepare_value(self, value: Any) -> Any:
        shown = isinstance(value, list)
        return ", ".join(span.replace("-", "–") for span in value) if shown else value

    def clean(self, value: Any) -> list[str]:
        parts = (part.strip() for part in super().clean(value).split(","))
        return [_span(part) for part in parts if part]


class Days(forms.CharField):
    """One date on each line."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        days = {line.strip() for line in re.split(r"[\n,]", super().clean(value)) if line.strip()}
        for day in sorted(days):
            _require_date(day)
        return sorted(days)


class OpeningHoursForm(Focusing):
    """One set of opening hours. `was` is the name under which they are kept until now."""

    was = forms.CharField(widget=forms.HiddenInput, required=False)
    name = forms.RegexField(
        r"^[^\s\x00-\x1f/~][^\x00-\x1f/~]*$",
        label="Name",
        max_length=64,
        help_text="such as Service hours",
        error_messages={"invalid": "Leave out / and ~."},
    )
    time_zone = forms.CharField(
        label="Time zone",
        help_text="such as Europe/Paris",
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )
    holidays = Days(
        label="Closed on",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="whole days, one on each line, such as 2026-12-25",
    )

    def __init__(self, data: Any = None, *, was: str = "", opening: Any = None) -> None:
        super().__init__(data, initial=_starts(was, opening), auto_id="hours-%s")
        for weekday, name in hours.NAMES.items():
            self.fields[weekday] = Times(label=name, required=False)
        self.order_fields(["was", "name", "time_zone", *hours.WEEKDAYS, "holidays"])

    def clean(self) -> JSON:
        """The days together: open at some time, and at no time twice."""
        given = self.cleaned_data
        days = {weekday: given.get(weekday) for weekday in hours.WEEKDAYS}
        if any(spans is None for spans in days.values()):
            return given
        week = {weekday: spans for weekday, spans in days.items() if spans}
        twice = hours.overlap(week)
        if twice:
            self.add_error(twice, f"Two times overlap on {hours.NAMES[twice]}.")
        elif not week:
            self.add_error(None, "State at least one time of the week.")
        return given

    def hours(self) -> JSON:
        """The opening hours as the policy writes them."""
        given = self.cleaned_data
        week = {weekday: given[weekday] for weekday in hours.WEEKDAYS if given[weekday]}
        made: JSON = {"time_zone": given["time_zone"].strip(), "week": week}
        return made | ({"holidays": given["holidays"]} if given["holidays"] else {})


def _starts(was: str, opening: OpeningHours | None) -> JSON:
    if opening is None:
        return {"was": was}
    week = {str(weekday): spans for weekday, spans in opening.week.items()}
    rest = {"time_zone": opening.time_zone, "holidays": sorted(opening.holidays)}
    return {"was": was, "name": was, **rest, **week}


def _span(text: str) -> str:
    match = re.fullmatch(rf"{TIME}\s*[-–—]\s*{TIME}", text)
    if match is None:
        raise forms.ValidationError(TIMES)
    start, end = _time(match[1], match[2]), _time(match[3], match[4])
    if start in (end, "24:00"):
        raise forms.ValidationError("A time must end at another time than it begins.")
    return f"{start}-{end}"


def _time(hour: str, minute: str | None) -> str:
    if int(hour) > 24 or int(minute or 0) > 59 or (int(hour) == 24 and int(minute or 0)):
        raise forms.ValidationError(TIMES)
    return f"{int(hour):02}:{minute or '00'}"


def _require_date(text: str) -> None:
    try:
        known = date.fromisoformat(text).isoformat() == text
    except ValueError:
        known = False
    if not known:
        raise forms.ValidationError(f"“{text[:32]}” is not a date. Write 2026-12-25.")
