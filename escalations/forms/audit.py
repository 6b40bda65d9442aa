"""What is wanted of the record: by whom, what, when, and for cases of which kind."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

from django import forms

from console.forms.numbers import WholeNumber
from escalations.record_screen import beside_cases

LEVELS = [(str(level), f"Level {level}") for level in (1, 2, 3, 4)]
ANY = ("", "Any")
# Who does what stands on a tab, as it may be typed.
WHO = {"cases": "a name, an agent, “policy”", "keys": "a name, an agent"}


class AuditForm(forms.Form):
    """Read from the address; valid or not, and then its fields say why."""

    who = forms.CharField(required=False, max_length=200, label="Who")
    what = forms.ChoiceField(required=False, label="What happened")
    since = forms.DateField(required=False, label="From", widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(required=False, label="To", widget=forms.DateInput({"type": "date"}))

    def __init__(self, data: Any, *, tab: str, **choices: Mapping[str, str]) -> None:
        """`choices` are those of further fields: value to words."""
        super().__init__(data, label_suffix="", auto_id="audit-%s")
        self.fields["who"].widget.attrs["placeholder"] = WHO.get(tab, "a name, “Baton”")
        choices["what"] = dict(beside_cases.kinds_of(tab))
        for name, words in choices.items():
            chosen = cast("forms.ChoiceField", self.fields[name])
            chosen.choices = [ANY, *words.items()]
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"
        self.is_valid()

    def clean(self) -> dict[str, Any]:
        """Days the wrong way round would read as days on which nothing happened."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", "This day is before the first; “From” is the earlier one.")
        return self.cleaned_data

    @property
    def is_narrowed(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.fields)

    @property
    def since_at(self) -> datetime | None:
        return _midnight(self.cleaned_data.get("since"))

    @property
    def until_at(self) -> datetime | None:
        """The end of the last day that is wanted."""
        day: date | None = self.cleaned_data.get("until")
        return _midnight(day + timedelta(days=1)) if day and day < date.max else None

    def text(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "").strip()

    def number(self, name: str) -> int:
        return int(self.cleaned_data.get(name) or 0)


class CasesForm(AuditForm):
    """The same for cases."""

    task_type = forms.ChoiceField(required=False, label="Task type")
    level = forms.ChoiceField(required=False, label="Level", choices=[ANY, *LEVELS])
    outcome = forms.ChoiceField(required=False, label="Outcome")
    policy = WholeNumber(required=False, label="Policy version", min_value=1, max_value=10**8)


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, tzinfo=UTC) if day else None
