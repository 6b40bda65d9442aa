"""What admins type about people."""

from typing import Any

from django import forms

from console import people
from console.models import Role, User

GRADES = [
    ("0", "–"),
    ("1", "1 learning"),
    ("2", "2 basic"),
    ("3", "3 working"),
    ("4", "4 strong"),
    ("5", "5 expert"),
]
PREFIX = "skill:"


class Plain(forms.Form):
    """Fields with our classes, ids that do not clash, and no colon after labels."""

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        ids = f"{type(self).__name__.lower()}-%s"
        super().__init__(data, initial=initial, label_suffix="", auto_id=ids)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
                field.widget.attrs.setdefault("class", "input")


class EmailForm(Plain):
    email = forms.EmailField(
        max_length=254,
        required=False,
        label="E-mail",
        help_text="For alerts only; empty for none.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class PersonForm(Plain):
    username = forms.CharField(max_length=150, help_text="For signing in; it never changes.")
    first_name = forms.CharField(max_length=150)
    last_name = forms.CharField(max_length=150)
    role = forms.ChoiceField(choices=Role.choices)


class NameForm(EmailForm):
    first_name = forms.CharField(max_length=150)
    last_name = forms.CharField(max_length=150)
    role = forms.ChoiceField(choices=Role.choices)
    field_order = ("first_name", "last_name", "email", "role")

    @classmethod
    def of(cls, user: User) -> "NameForm":
        """Filled with what is so now."""
        names = {"first_name": user.first_name, "last_name": user.last_name}
        return cls(initial={**names, "email": user.email, "role": user.role})


class CapacityForm(Plain):
    units = forms.IntegerField(
        min_value=1, max_value=people.UNITS_MAX, label="Cases at once", help_text="5 is usual."
    )


class SkillsForm(Plain):
    """One field for each skill there is, and room for a new one."""

    new_skill = forms.CharField(max_length=64, required=False, label="Another skill")
    new_grade = forms.ChoiceField(choices=GRADES[1:], required=False, label="Proficiency")

    def __init__(self, data: Any = None, *, known: list[str], have: dict[str, int]) -> None:
        super().__init__(data)
        for name in known:
            self.fields[f"{PREFIX}{name}"] = forms.ChoiceField(
                choices=GRADES,
                label=name,
                initial=str(have.get(name, 0)),
                widget=forms.Select(attrs={"class": "input"}),
            )

    @property
    def grades(self) -> list[forms.BoundField]:
        """The fields of the skills there are."""
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    @property
    def chosen(self) -> dict[str, int]:
        """Skill to proficiency, as typed."""
        typed = {
            name.removeprefix(PREFIX): int(value)
            for name, value in self.cleaned_data.items()
            if name.startswith(PREFIX)
        }
        if new := self.cleaned_data["new_skill"].strip():
            typed[new] = int(self.cleaned_data["new_grade"] or 1)
        return typed
