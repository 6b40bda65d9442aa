"""What admins type about people."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from console.forms.merging import Merging
from console.forms.plain import Plain
from console.models import Role, User


class EmailForm(Merging):
    email = forms.EmailField(
        max_length=254,
        required=False,
        label="E-mail",
        help_text="For alerts only; empty for none.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    @classmethod
    def of_own(cls, user: User, data: Any = None) -> "EmailForm":
        """Filled with what is so now."""
        return cls(data, initial={"email": user.email})


class PersonForm(Plain):
    username = forms.CharField(max_length=150, help_text="For signing in; it never changes.")
    first_name = forms.CharField(max_length=150)
    last_name = forms.CharField(max_length=150)
    role = forms.ChoiceField(choices=Role.choices)


class NameForm(EmailForm):
    first_name = forms.CharField(max_length=150)
    last_name = forms.CharField(max_length=150)
    role = forms.ChoiceField(choices=Role.choices)
    gives_up = forms.BooleanField(
        required=False,
        label="Give up being an admin",
        help_text="You cannot take it back: another admin has to make you one again.",
    )
    field_order = ("first_name", "last_name", "email", "role", "gives_up")

    @classmethod
    def of(cls, user: User, data: Any = None) -> "NameForm":
        """Filled with what is so now; `gives_up` is asked once somebody has to say it."""
        names = {"first_name": user.first_name, "last_name": user.last_name}
        form = cls(data, initial={**names, "email": user.email, "role": user.role})
        if data is None:
            del form.fields["gives_up"]
        return form

    @property
    def shown(self) -> list[BoundField]:
        """The fields that are on the page."""
        return [one for one in self if one.name != "gives_up" or one.errors]
