"""How somebody says that they are available, busy, away or gone."""

from datetime import datetime, timedelta

from django import forms

from routing.attendance.presence import REASON_LENGTH, REASONS

STATES = {
    "present": "Available",
    "busy": "Busy",
    "finish": "Finish what I have",
    "away": "Away",
    "end": "End shift",
}
BACK_IN = {
    "": "I do not know yet",
    "10": "in 10 minutes",
    "15": "in 15 minutes",
    "30": "in 30 minutes",
    "45": "in 45 minutes",
    "60": "in an hour",
    "120": "in two hours",
}


class StatusForm(forms.Form):
    """One choice of state; being away may have a reason, their own or one of ours, and an end."""

    state = forms.ChoiceField(
        choices=list(STATES.items()),
        error_messages={
            "required": "Choose how you are.",
            "invalid_choice": "Choose available, busy, finish, away or end.",
        },
    )
    reason = forms.ChoiceField(
        choices=[("", ""), ("other", ""), *((one, one) for one in REASONS)], required=False
    )
    other = forms.CharField(
        max_length=REASON_LENGTH,
        required=False,
        error_messages={"max_length": f"Use at most {REASON_LENGTH} characters."},
    )
    back_in = forms.ChoiceField(choices=list(BACK_IN.items()), required=False)

    @property
    def said(self) -> str:
        """The reason: their own words where there are any."""
        chosen: str = self.cleaned_data["reason"]
        return self.cleaned_data["other"] or ("" if chosen == "other" else chosen)

    def back_at(self, now: datetime) -> datetime | None:
        """When they said they would be back."""
        minutes = self.cleaned_data["back_in"]
        return now + timedelta(minutes=int(minutes)) if minutes else None
