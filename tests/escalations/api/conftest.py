"""Agents with keys, at the real door."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from console import clock
from escalations import lifecycle
from escalations.agents import keys, rate_limit, registry
from escalations.models import Escalation
from escalations.policy import check, versions
from escalations.proposal.choices import Choice
from escalations.record.lines import Actor
from tests.factories import REFUND, viewer

OPERATOR = Actor("operator", "test")


class Caller:
    """An agent with one key, calling over HTTP."""

    def __init__(self, name="mira", scopes=("escalations",), hosts=()):
        now = clock.now()
        self.agent = registry.create(name, now=now)
        self.key, self.text = keys.create(
            self.agent, scopes=scopes, callback_hosts=hosts, by=OPERATOR, now=now
        )
        self._client = Client(raise_request_exception=False)

    def get(self, path, **headers):
        return self.call("get", path, **headers)

    def post(self, path, document=None, **headers):
        body = document if isinstance(document, bytes | str) else json.dumps(document)
        return self.call("post", path, data=body, content_type="application/json", **headers)

    def put(self, path, document, **headers):
        body = json.dumps(document)
        return self.call("put", path, data=body, content_type="application/json", **headers)

    def call(self, method, path, data=None, content_type="application/json", **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named = {"Authorization": f"Bearer {self.text}", **named}
        more = {} if method == "get" else {"data": data or "", "content_type": content_type}
        return getattr(self._client, method)(f"/api/v1{path}", headers=named, **more)

    def escalate(self, **changes):
        response = self.post("/escalations", {**REFUND, **changes})
        assert response.status_code == 201, response.content
        return response.json()


def publish(**task_types):
    in_force = versions.current()
    document = {**in_force.document.dump(), "task_types": task_types}
    versions.publish(
        check.check(document),
        by=Actor("operator", "test"),
        now=clock.now(),
        expected=in_force.number,
    )


def decide(named, command="approve", by=None, **choice):
    case = Escalation.objects.get(id=named)
    return lifecycle.decide(
        case,
        Choice(command, **choice),
        by=by or viewer(),
        version=case.version,
        reject_reasons=["other"],
        now=clock.now(),
    )


@pytest.fixture(autouse=True)
def _whole_rate():
    rate_limit.forget()
    yield
    rate_limit.forget()


@pytest.fixture
def mira(db):
    return Caller("mira")


@pytest.fixture
def stranger(db):
    return Caller("stranger")


@pytest.fixture
def decided(mira):
    """The id of a case whose decision is in effect."""
    created = mira.escalate()
    decide(created["id"])
    with time_machine.travel(clock.now() + timedelta(seconds=10)):
        yield created["id"]
