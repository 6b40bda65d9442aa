"""A form about what is there already saves what was changed in it, and not what it only showed."""

from collections.abc import Callable
from copy import copy
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from console.forms.plain import Plain


class Merging(Plain):
    """Filled with what is so now, which it carries along and, sent, is told again.

    A field that was left as it was shown stays as it is by now, whoever changed it since. One that
    two changed is refused once, saying by whom and to what. One that says nothing of what it
    showed, as from a script, is taken as it is.
    """

    # By whom what it is about was changed last; empty for nobody who is known.
    by_whom: Callable[[], str] = staticmethod(lambda: "")

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        # Fields that somebody else has changed since they were shown, and those changed in it.
        self.moved: set[str] = set()
        self.typed: set[str] = set()

    def __getitem__(self, name: str) -> BoundField:
        bound = super().__getitem__(name)
        is_secret = isinstance(bound.field.widget, forms.PasswordInput)
        bound.field.show_hidden_initial = not is_secret
        return bound

    def full_clean(self) -> None:
        """Before anything is checked, what was left alone is brought up to date."""
        both = self._merged() if self.is_bound else []
        super().full_clean()
        for name in both:
            said = f"“{shown}”" if (shown := self._words(self[name])) else "nothing"
            who = self.by_whom() or "Somebody else"
            self.add_error(
                name, f"{who} has just changed this to {said}. Save again to have yours."
            )

    def _merged(self) -> list[str]:
        """The fields that both changed, each to something else."""
        bound = [one for one in self if one.html_initial_name in self.data]
        self.typed = {one.name for one in bound} & {*self.changed_data}
        data: Any = copy(self.data)
        both = []
        for one in bound:
            now = _written(one, one.initial)
            if data[one.html_initial_name].replace("\r\n", "\n") != now:
                self.moved.add(one.name)
            if one.name not in self.typed:
                _put(data, one, now)
            elif one.name in self.moved and one.field.has_changed(one.initial, one.data):
                both.append(one.name)
            data[one.html_initial_name] = now
        self.data = data
        return both

    def _words(self, bound: BoundField) -> str:
        """What it is now, as its widget shows it."""
        now = _written(bound, bound.initial)
        if isinstance(bound.field, forms.BooleanField):
            return "on" if bound.initial else "off"
        choices = getattr(bound.field, "choices", ())
        return next((str(words) for value, words in choices if str(value) == now), now)


def _written(bound: BoundField, value: Any) -> str:
    """As it stands in the page."""
    value = bound.field.prepare_value(value)
    return "" if value is None else str(value).replace("\r\n", "\n")


def _put(data: Any, bound: BoundField, now: str) -> None:
    if isinstance(bound.field, forms.BooleanField) and now != "True":
        data.pop(bound.html_name, None)
    else:
        data[bound.html_name] = now
