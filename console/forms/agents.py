"""What admins type about agents, their keys and endpoints."""

from datetime import datetime, timedelta
from typing import Any

from django import forms

from console.forms.merging import Merging
from console.forms.plain import Plain
from escalations.agents import endpoints, keys
from escalations.lookups import fetching, fields, templates
from escalations.models import Agent
from escalations.text import formatting

LIFETIMES = [("", "no end"), ("30", "30 days"), ("90", "90 days"), ("365", "a year")]


class AgentForm(Plain):
    name = forms.CharField(max_length=255, help_text="As in source.agent.id of its packages.")


class KeyForm(Plain):
    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope.capitalize()) for scope in keys.SCOPES],
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
        wrong = next((host for host in hosts if not keys.is_host(host)), "")
        if wrong:
            told = f"“{formatting.cut(wrong)}” is no host; leave out https:// and paths."
            raise forms.ValidationError(told)
        return sorted(set(hosts))

    def ends_at(self, now: datetime) -> datetime | None:
        """When the key stops working by itself."""
        days = self.cleaned_data["lifetime"]
        return now + timedelta(days=int(days)) if days else None


class EndpointForm(Plain):
    name = forms.CharField(max_length=64, help_text="As in callback.endpoint of its packages.")
    url = forms.CharField(max_length=2000, label="Address")
    events = forms.MultipleChoiceField(
        choices=[(event, formatting.event(event)) for event in endpoints.EVENTS],
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "check"}),
        label="Only these events",
        help_text="None ticked: all.",
    )


class FactsForm(Merging):
    url = forms.CharField(
        max_length=templates.URL_MAX,
        label="Address",
        help_text="https://orders.example.com/orders/{args.order_id}: a GET, with what the case "
        "says in the place of {args.…}, {customer.…}, {metadata.…}, {context.…}, {action.id} or "
        "{case.reference}.",
    )
    values = forms.CharField(
        required=False,
        max_length=5_000,
        label="Which value each fact is",
        widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
        help_text="A line each, such as Order total = total.amount. None: the answer has facts as "
        "an agent’s has.",
    )
    token = forms.CharField(
        required=False,
        max_length=fetching.TOKEN_MAX,
        label="Token",
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "class": "input"}),
        help_text="Sent as Authorization: Bearer. Empty: the one it has stays, for the same host.",
    )

    @classmethod
    def of(cls, agent: Agent, data: Any = None) -> "FactsForm":
        """Filled with what is so now, but for the token."""
        now = {"url": agent.facts_url, "values": fields.lines(agent.facts_fields)}
        return cls(data, initial=now)

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if said := templates.fault(url):
            raise forms.ValidationError(said)
        return url

    def clean_token(self) -> str:
        token: str = self.cleaned_data["token"]
        if not token.isascii() or not token.isprintable() or " " in token:
            raise forms.ValidationError("A token has letters, digits and signs, and no spaces.")
        return token

    def clean(self) -> dict[str, Any]:
        """A token that was typed for one address is sent to no other."""
        cleaned = dict(super().clean() or {})
        if cleaned.get("token") and "url" in self.moved and "url" not in self.typed:
            self.add_error(
                "token", "The address was changed meanwhile. Type the token for this one."
            )
        return cleaned

    def clean_values(self) -> list[fields.Field]:
        try:
            return fields.written(self.cleaned_data["values"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
