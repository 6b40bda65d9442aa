"""What admins type about people."""

from typing import Any

from django import forms

from console.models import Role, User


class Plain(forms.Form):
    """Fields with our classes, ids that do not clash, and no colon after labels; the first one at
    fault takes the focus."""

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        ids = f"{type(self).__name__.lower()}-%s"
        super().__init__(data, initial=initial, label_suffix="", auto_id=ids)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
                field.widget.attrs.setdefault("class", "input")

    def add_error(self, field: str | None, error: Any) -> None:
        """Put it beside its field, or above the form, and the focus on it."""
        super().add_error(field, error)
        for name, one in self.fields.items():
            one.widget.attrs["autofocus"] = name == next(iter(self.errors))


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
