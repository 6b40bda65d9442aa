"""What admins type about people."""

from typing import Any

from django import forms

from console.forms.faults import Focusing
from console.models import Role, User


class Plain(Focusing):
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
