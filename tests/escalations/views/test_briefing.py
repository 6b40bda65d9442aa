"""Whatever package the schema allows: every page of its case is drawn, in every role, before and
after any press."""

import json
import uuid
from functools import partial
from itertools import cycle, islice

import jsonschema_rs
import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console import clock
from escalations import access, commands, intake, lifecycle
from escalations.commands import Command
from escalations.models import Decision
from escalations.refusals import Refused
from escalations.schemas import published
from tests.escalations.every_package import ODD_TIMES, packages
from tests.factories import escalation, key, person, viewer_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]

DECISION = jsonschema_rs.validator_for(
    published.published()["handoff-decision.v1.schema.json"], validate_formats=True
)
ROLES = ("reviewer", "supervisor", "admin", "auditor")
CASE_PAGES = ("", "?panel=edit", "raw/", "conversation/")
PRESSES = {
    "approve": {},
    "edit": {"response": {"text": "Otherwise."}},
    "reject": {"reason_code": "other"},
    "respond": {"message": "Ask for a photo."},
    "choose": {"option_id": "x"},
}


@pytest.fixture
def people(db):
    """Somebody of each role, signed in; the key of an agent."""
    found = {}
    for role in ROLES:
        user, client = person(role, role), Client()
        client.force_login(user)
        found[role] = (viewer_of(user), client)
    return found, key()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(package=packages(), press=st.sampled_from(sorted(PRESSES)))
def test_every_page_of_every_case_in_every_role(people, package, press):
    found, agent = people
    try:
        case = intake.accept(agent, json.dumps(package).encode(), now=clock.now()).escalation
    except Refused:
        return
    drawn(found, case)
    reviewer, _ = found["reviewer"]
    sent = Command(press, str(uuid.uuid4()), case.id, case.version, PRESSES[press])
    try:
        commands.perform(reviewer, sent, now=clock.now())
    except Refused:
        pass
    for decision in Decision.objects.filter(escalation=case):
        assert list(DECISION.iter_errors(decision.document)) == []
    drawn(found, case)


@pytest.mark.seeds(2, len(ODD_TIMES))
def test_a_time_at_the_edge_of_the_calendar_keeps_nobody_from_deciding(people, seed):
    """Each place has another of them, in turn."""
    found, agent = people
    odd = partial(next, islice(cycle(ODD_TIMES), seed, None))
    addition = {
        "messages": [{"role": "customer", "text": odd(), "at": odd()}],
        "logs": [{"text": odd(), "at": odd()}],
        "steps": [{"label": "x", "at": odd()}],
    }
    package = {
        "task_type": "refund",
        "summary": odd(),
        "created_at": odd(),
        "proposed_actions": [
            {
                "id": "a", "name": "x", "args": {"when": odd(), "day": odd()[:10]},
                "expires_at": odd(),
            },
            {"id": "b", "name": "y", "args": {}, "facts": [{"label": "When", "value": odd()}]},
        ],
        "context": {
            "conversation": {"messages": [{"role": "customer", "text": odd(), "at": odd()}]},
            "customer": {
                "history": [{"label": "x", "at": odd()}], "attributes": {"born": odd()},
            },
            "process": {
                "completed": [{"label": "x", "at": odd()}], "pending": [{"label": "x", "at": odd()}],
            },
            "environment": {
                "logs": [{"text": odd(), "at": odd()}], "errors": [{"message": odd(), "at": odd()}],
            },
        },
        "metadata": {"at": odd()},
        "foo_at": odd(),
    }  # fmt: skip
    case = escalation(package, by=agent, now=clock.now())
    drawn(found, case)
    case = lifecycle.add_context(case, addition, agent="mira", now=clock.now())
    drawn(found, case)
    reviewer, _ = found["reviewer"]
    command = Command("reject", str(uuid.uuid4()), case.id, case.version, PRESSES["reject"])
    commands.perform(reviewer, command, now=clock.now())
    drawn(found, case)


@pytest.mark.seeds(2, len(ODD_TIMES))
def test_a_case_with_such_deadlines_is_drawn(people, seed):
    found, agent = people
    for turn, part in enumerate(("respond_by", "expires_at", "escalate_at", "remind_at")):
        at = ODD_TIMES[(4 * seed + turn) % len(ODD_TIMES)]
        keys = {"task_type": "refund", "summary": "x", "requested": {"callback_at": at}}
        stated = {part: [at] if part == "remind_at" else at}
        case = escalation({**keys, "deadlines": stated}, by=agent, now=clock.now())
        assert found["admin"][1].get(f"/escalations/{case.id}/").status_code == 200
    drawn(found, case)


def drawn(people, case):
    for role, (viewer, client) in people.items():
        pages = [f"/escalations/{case.id}/{page}" for page in CASE_PAGES]
        wanted = 200 if access.may_see(viewer, case) else 404
        for page in [*pages, f"/audit/{case.id}/"]:
            answer = client.get(page)
            assert (role, page, answer.status_code) == (role, page, wanted)
        assert client.get("/inbox/").status_code == 200
