"""Agents: the keys they come in with, the endpoints they listen on, and where their facts are read.
For admins."""

from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from console import clock, consequences
from console.forms import faults
from console.forms.agents import AgentForm, EndpointForm, FactsForm, KeyForm
from console.pages.once import once
from console.pages.rights import actor, may_write
from escalations.agents import endpoints, facts_address, keys, registry
from escalations.deliveries import screen, trial
from escalations.deliveries.screen import EndpointSuccess
from escalations.deliveries.trial import Trial
from escalations.models import Agent, ApiKey, Endpoint
from escalations.record_screen import latest
from escalations.refusals import Refused

SHOWN_ONCE = "Copy it now; only a fingerprint of it is kept."
SIGNS = "Put it into the receiver; it checks every message with it."


class EndpointRow(NamedTuple):
    """One endpoint on the page of its agent."""

    endpoint: Endpoint
    off_says: str
    success: EndpointSuccess | None
    trial: Trial | None
    never_sent: list[str]


def show(request: HttpRequest) -> HttpResponse:
    """Every agent, and a form for one more."""
    return _list(request, AgentForm())


@once
def add(request: HttpRequest) -> HttpResponse:
    """Make an agent; its first key is made on its own page."""
    form = AgentForm(request.POST)
    if form.is_valid():
        try:
            name = form.cleaned_data["name"]
            made = registry.create(name, by=actor(request), now=clock.now())
        except Refused as refused:
            faults.show(form, refused)
        else:
            messages.success(request, f"{made} is there. Make a key for it.")
            return redirect("agent", made.name)
    return _list(request, form, status=422)


def one(request: HttpRequest, agent: str) -> HttpResponse:
    """How this agent comes in, and for an admin what may be changed."""
    return _agent(request, get_object_or_404(Agent, name=agent))


def state(request: HttpRequest, agent: str) -> HttpResponse:
    """Let its keys in (`open` is 1) or not."""
    found = get_object_or_404(Agent, name=agent)
    act = registry.enable if request.POST.get("open") == "1" else registry.disable
    act(found, by=actor(request), now=clock.now())
    return redirect("agent", agent)


@once
def secret(request: HttpRequest, agent: str) -> HttpResponse:
    """A new secret for what goes to a package's own address, shown this once."""
    found = get_object_or_404(Agent, name=agent)
    text = registry.renew_secret(found, by=actor(request), now=clock.now())
    return _agent(request, found, told=("New signing secret, shown this once", text, SIGNS))


@once
def key_add(request: HttpRequest, agent: str) -> HttpResponse:
    """A new key, shown this once."""
    found, form, now = get_object_or_404(Agent, name=agent), KeyForm(request.POST), clock.now()
    if not form.is_valid():
        return _agent(request, found, key_form=form, status=422)
    _, text = keys.create(
        found,
        scopes=form.cleaned_data["scopes"],
        callback_hosts=form.cleaned_data["callback_hosts"],
        expires_at=form.ends_at(now),
        by=actor(request),
        now=now,
    )
    return _agent(request, found, told=("New key, shown this once", text, SHOWN_ONCE))


@once
def key_rotate(request: HttpRequest, pk: int) -> HttpResponse:
    """A new key like this one, which itself works for one more day."""
    key = get_object_or_404(ApiKey.objects.select_related("agent"), pk=pk)
    try:
        _, text = keys.rotate(key, by=actor(request), now=clock.now())
    except Refused as refused:
        return _agent(request, key.agent, refused=refused, status=409)
    title = f"New key in place of {key.prefix}, shown this once"
    hint = f"{SHOWN_ONCE} The old one works for 24 more hours."
    return _agent(request, key.agent, told=(title, text, hint))


def key_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End the key at once."""
    key = get_object_or_404(ApiKey.objects.select_related("agent"), pk=pk)
    keys.revoke(key, by=actor(request), now=clock.now())
    messages.success(request, f"The key {key.prefix} opens nothing any more.")
    return redirect("agent", key.agent.name)


@once
def endpoint_add(request: HttpRequest, agent: str) -> HttpResponse:
    """A new endpoint and its secret, shown this once."""
    found, form = get_object_or_404(Agent, name=agent), EndpointForm(request.POST)
    if form.is_valid():
        try:
            _, text = endpoints.register(
                found, **form.cleaned_data, by=actor(request), now=clock.now()
            )
        except Refused as refused:
            faults.show(form, refused)
        else:
            return _agent(request, found, told=("Signing secret, shown this once", text, SIGNS))
    return _agent(request, found, endpoint_form=form, status=422)


@once
def endpoint_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret in place of the old one, shown this once."""
    endpoint = get_object_or_404(Endpoint.objects.select_related("agent"), pk=pk)
    text = endpoints.renew_secret(endpoint, by=actor(request), now=clock.now())
    title = f"New signing secret of {endpoint.name}, shown this once"
    return _agent(request, endpoint.agent, told=(title, text, SIGNS))


def endpoint_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Send to it (`open` is 1) or not."""
    endpoint = get_object_or_404(Endpoint.objects.select_related("agent"), pk=pk)
    act = endpoints.enable if request.POST.get("open") == "1" else endpoints.disable
    act(endpoint, by=actor(request), now=clock.now())
    return redirect("agent", endpoint.agent.name)


def endpoint_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it a test event; the page shows what became of it."""
    endpoint = get_object_or_404(Endpoint.objects.select_related("agent"), pk=pk)
    try:
        trial.send(endpoint, by=actor(request), now=clock.now())
    except Refused as refused:
        return _agent(request, endpoint.agent, refused=refused, status=409)
    return redirect(f"{reverse('agent', args=[endpoint.agent.name])}#endpoint-{endpoint.pk}")


@once
@transaction.atomic
def facts(request: HttpRequest, agent: str) -> HttpResponse:
    """Where what its actions rest on is read again."""
    found = get_object_or_404(Agent.objects.select_for_update(no_key=True), name=agent)
    form = FactsForm.of(found, request.POST)
    kinds = ["facts_address_set", "facts_address_removed"]
    form.by_whom = partial(latest.by_whom, registry.CHAIN, kinds, agent=agent)
    if form.is_valid():
        try:
            facts_address.put(found, **form.cleaned_data, by=actor(request), now=clock.now())
        except Refused as refused:
            faults.show(form, refused)
        else:
            messages.success(request, f"Facts of {found} are read there from now on.")
            return redirect("agent", agent)
    return _agent(request, found, facts_form=form, status=422)


def facts_nowhere(request: HttpRequest, agent: str) -> HttpResponse:
    """Ask the agent itself again."""
    found = get_object_or_404(Agent, name=agent)
    facts_address.remove(found, by=actor(request), now=clock.now())
    messages.success(request, f"{found} itself is asked from now on.")
    return redirect("agent", agent)


def _list(request: HttpRequest, form: AgentForm, *, status: int = 200) -> HttpResponse:
    rows = Agent.objects.annotate(
        key_count=Count("keys", filter=Q(keys__revoked_at=None), distinct=True),
        endpoint_count=Count("endpoints", filter=Q(endpoints__disabled_at=None), distinct=True),
        used_at=Max("keys__last_used_at"),
    )
    context = {"agents": rows.order_by("name"), "form": form}
    return render(request, "console/agents.html", context, status=status)


def _agent(
    request: HttpRequest,
    found: Agent,
    *,
    told: tuple[str, str, str] | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    found, now = Agent.objects.get(pk=found.pk), clock.now()
    own = [(key, keys.usable(key, now), consequences.of_revoking(key, now)) for key in _keys(found)]
    in_use = sum(usable for _, usable, _ in own)
    context = {
        "agent": found,
        "may_edit": may_write(request.user, "agent_keys"),
        "keys": own,
        "off_says": consequences.of_switching_off(found, in_use),
        "secret_says": consequences.NEW_SIGNATURES,
        "endpoints": _endpoints(found, now),
        "key_form": KeyForm(),
        "endpoint_form": EndpointForm(),
        "facts_form": FactsForm.of(found),
        "facts_says": consequences.of_asking_itself(found),
        "told": told,
        **more,
    }
    response = render(request, "console/agent.html", context, status=status)
    if told:
        response.headers["Cache-Control"] = "no-store"
    return response


def _endpoints(found: Agent, now: datetime) -> list[EndpointRow]:
    """Its endpoints, with what became of what was for them lately and of the last test event."""
    rows = list(found.endpoints.order_by("name"))
    tried = trial.newest(rows)
    lately = screen.endpoints(now - screen.LATELY, endpoint__agent=found)
    success = {one.name: one for one in lately}
    return [
        EndpointRow(
            row,
            consequences.of_not_sending(row),
            success.get(row.name),
            tried.get(row.pk),
            endpoints.never_sent(row),
        )
        for row in rows
    ]


def _keys(found: Agent) -> list[ApiKey]:
    """Those in use first, then the newest of those that ended."""
    newest = found.keys.select_related("agent").order_by("-created_at", "-pk")
    return [*newest.filter(revoked_at=None), *newest.exclude(revoked_at=None)[:10]]
