"""A refusal shown at the fields it is about, so that what was typed stays."""

from typing import Any

from django import forms

from escalations.refusals import Invalid, Refused


def show(form: forms.BaseForm, refused: Refused) -> None:
    """Put each fault beside its field, or above the form where there is no such field."""
    faults = refused.errors if isinstance(refused, Invalid) else []
    for fault in faults:
        name = fault.pointer.removeprefix("/")
        form.add_error(name if name in form.fields else None, fault.detail)
    if not faults:
        form.add_error(None, refused.detail)


class Focusing(forms.Form):
    """The first field at fault takes the focus."""

    def add_error(self, field: str | None, error: Any) -> None:
        """Put it beside its field, or above the form, and the focus on it."""
        super().add_error(field, error)
        first = next((name for name in self.fields if name in self.errors), None)
        for name, one in self.fields.items():
            one.widget.attrs["autofocus"] = name == first
