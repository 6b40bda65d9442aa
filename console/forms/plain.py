"""The plainest form: our classes, ids that do not clash, and no colon after labels."""

from typing import Any

from django import forms

from console.forms.faults import Focusing


class Plain(Focusing):
    """What every form of people, agents, skills and teams is."""

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        ids = f"{type(self).__name__.lower()}-%s"
        super().__init__(data, initial=initial, label_suffix="", auto_id=ids)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
                field.widget.attrs.setdefault("class", "input")
