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
    """The first field at fault takes the focus, and a text that is too long is refused whole."""

    def __init__(self, *args: Any, **keys: Any) -> None:
        super().__init__(*args, **keys)
        for field in self.fields.values():
            most = getattr(field, "max_length", None)
            if most is not None:
                # A browser would cut what is pasted there without a word.
                field.widget.attrs.pop("maxlength", None)
                told = f"Use at most {most:,} characters; this has %(show_value)d."
                field.error_messages.setdefault("max_length", told)

    def add_error(self, field: str | None, error: Any) -> None:
        """Put it beside its field, or above the form, and the focus on it."""
        super().add_error(field, error)
        first = next((name for name in self.fields if name in self.errors), None)
        for name, one in self.fields.items():
            one.widget.attrs["autofocus"] = name == first
