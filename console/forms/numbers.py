"""Numbers that people type, into plain fields. A browser's field for numbers sends nothing where it
cannot read what was typed, and that would be taken as left empty."""

from typing import Any

from django import forms
from django.core.validators import BaseValidator

MINUS = "−"


class _Typed(forms.IntegerField):
    """What was typed is sent as it is; one sentence says what is wanted."""

    widget = forms.TextInput
    keyboard, wanted = "numeric", "a whole number"

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        sentence = f"Type {self.wanted}{self._range()}."
        self.error_messages |= {"invalid": sentence, "required": sentence}
        for one in self.validators:
            if isinstance(one, BaseValidator):
                one.message = sentence

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The keyboard that a phone shows."""
        return {**super().widget_attrs(widget), "inputmode": self.keyboard}

    def to_python(self, value: Any) -> Any:
        """The sign that our own pages show is read as well."""
        return super().to_python(value.replace(MINUS, "-") if isinstance(value, str) else value)

    def _range(self) -> str:
        least, most = self.min_value, self.max_value
        if least is not None and most is not None:
            return f" from {_shown(least)} to {_shown(most)}"
        return "" if least is None else f" of at least {_shown(least)}"


class WholeNumber(_Typed):
    """A whole number, or None where it may be left empty."""


class Number(_Typed, forms.FloatField):
    """A number with decimals, or None where it may be left empty."""

    keyboard, wanted = "decimal", "a number"


def _shown(limit: Any) -> str:
    return f"{limit:,}".replace("-", MINUS)
