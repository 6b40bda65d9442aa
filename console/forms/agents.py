"""What admins type about agents, their keys and endpoints."""

from datetime import datetime, timedelta

from django import forms

from console.forms.people import Plain
from escalations.agents import endpoints, keys

LIFETIMES = [("", "no end"), ("30", "30 days"), ("90", "90 days"), ("365", "a year")]


class AgentForm(Plain):
    name = forms.CharField(max_length=255, help_text="As in source.agent.id of its packages.")


class KeyForm(Plain):
    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in keys.SCOPES],
        initial=["escalations"],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "check"}),
        label="May use",
    )
    lifetime = forms.ChoiceField(choices=LIFETIMES, required=False, label="Ends after")
    callback_hosts = forms.CharField(
        required=False,
        max_length=2000,
        label="Callback hosts",
        help_text="Hosts that a package’s callback.url may name, separated by spaces.",
    )

    def clean_callback_hosts(self) -> list[str]:
        hosts: list[str] = self.cleaned_data["callback_hosts"].replace(",", " ").lower().split()
        wrong = [host for host in hosts if "/" in host or len(host) > 253]
        if wrong:
            raise forms.ValidationError(f"“{wrong[0]}” is no host; leave out https:// and paths.")
        return sorted(set(hosts))

    def ends_at(self, now: datetime) -> datetime | None:
        """When the key stops working by itself."""
        days = self.cleaned_data["lifetime"]
        return now + timedelta(days=int(days)) if days else None


class EndpointForm(Plain):
    name = forms.CharField(max_length=64, help_text="As in callback.endpoint of its packages.")
    url = forms.CharField(max_length=2000, label="Address")
    events = forms.MultipleChoiceField(
        choices=[(event, event.removeprefix("escalation.")) for event in endpoints.EVENTS],
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "check"}),
        label="Only these events",
        help_text="None ticked: all.",
    )
