"""What admins type about look-ups."""

from typing import Any

from django import forms

from console.forms.agents import FactsForm
from escalations.lookups import fields
from escalations.models import Agent, LookUp
from escalations.policy import versions
from escalations.text import formatting

EVERY = "Every kind of work"


class LookUpForm(FactsForm):
    """One look-up: what it is called, what it is for, where it is read and what is shown."""

    name = forms.CharField(max_length=60, help_text="What is looked up, as on its button: Order.")
    task_type = forms.ChoiceField(required=False, label="For")
    agent = forms.ModelChoiceField(
        Agent.objects.none(), required=False, empty_label="Every agent", label="Of"
    )
    field_order = ("name", "task_type", "agent", "url", "values", "token")

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        now = (initial or {}).get("task_type", "")
        there = {name: one.title for name, one in versions.current().document.task_types.items()}
        there |= {now: there.get(now)} if now else {}
        named = [(name, title or formatting.title(name)) for name, title in there.items()]
        work, whose = self.fields["task_type"], self.fields["agent"]
        assert isinstance(work, forms.ChoiceField), "It is declared above."
        assert isinstance(whose, forms.ModelChoiceField), "It is declared above."
        work.choices = [("", EVERY), *sorted(named, key=lambda one: one[1])]
        whose.queryset = Agent.objects.order_by("name")
        self.fields["values"].required = True
        self.fields["values"].label = "What is shown"
        self.fields["values"].help_text = (
            "A line each: the title, and where the value stands in the JSON that comes back, such "
            "as Order total = total.amount. An amount is shown with the currency beside it."
        )

    @classmethod
    def of_look_up(cls, look_up: LookUp, data: Any = None) -> "LookUpForm":
        """Filled with what is so now, but for the token."""
        return cls(
            data,
            initial={
                "name": look_up.name,
                "task_type": look_up.task_type,
                "agent": look_up.agent_id,
                "url": look_up.url,
                "values": fields.lines(look_up.fields),
            },
        )


class TryForm(forms.Form):
    """The case with which a look-up is tried: `BTN-12`, or 12."""

    case = forms.RegexField(
        r"(?i)^\s*(?:BTN-)?[0-9]{1,15}\s*$",
        error_messages={"invalid": "Write the number of a case, such as BTN-12."},
    )

    def number(self) -> int:
        """The number of the case."""
        return int(self.cleaned_data["case"].strip().upper().removeprefix("BTN-"))
