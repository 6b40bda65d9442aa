"""What is typed on the Skills page about skills and teams."""

from typing import Any

from django import forms

from console.forms.merging import Merging
from console.forms.numbers import WholeNumber
from console.forms.plain import Plain
from routing.attendance import wrapping
from routing.models import Skill, Team

MODES = [
    (Team.Mode.BOTH, "Offered and taken from the list"),
    (Team.Mode.PUSH, "Offered only"),
    (Team.Mode.PULL, "Taken from the list only"),
]


class SkillForm(Plain):
    name = forms.CharField(max_length=64, label="Name")
    kind = forms.ChoiceField(choices=Skill.Kind.choices, label="Kind")


class TeamForm(Merging):
    name = forms.CharField(max_length=64, label="Name")
    mode = forms.ChoiceField(choices=MODES, label="How its people get work")
    offers_leads = forms.BooleanField(
        required=False,
        label="Supervisors and admins too",
        help_text="are offered work; without it they only take from the list",
    )

    wrap_up_s = WholeNumber(
        required=False,
        min_value=0,
        max_value=wrapping.SECONDS_MAX,
        initial=0,
        label="Wrap-up, in seconds",
        help_text="after each answer without an offer; 0 for none",
    )

    def clean_wrap_up_s(self) -> int:
        """Left empty it is none."""
        return self.cleaned_data["wrap_up_s"] or 0

    def __init__(self, data: Any = None, *, team: Team | None = None) -> None:
        names = ("name", "mode", "offers_leads", "wrap_up_s")
        super().__init__(
            data, initial={name: getattr(team, name) for name in names} if team else None
        )
        self.auto_id = f"team-{team.pk if team else 'new'}-%s"
        self.team = team
