"""`/check` answers what `POST /escalations` would answer: the same refusals, verdict, warnings."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console import clock
from escalations import lifecycle
from escalations.agents import endpoints, rate_limit
from escalations.models import Escalation
from tests.escalations.api.conftest import OPERATOR, Caller
from tests.escalations.every_package import packages
from tests.factories import REFUND

SAME = (
    "level", "disposition", "reasons", "policy_version", "priority", "method", "warnings",
)  # fmt: skip
PUBLIC = "https://hooks.shop.example/hook"
REFERRING = st.fixed_dictionaries(
    {},
    optional={
        "supersedes": st.sampled_from(["open", "ended", "esc_none"]),
        "re_escalates": st.sampled_from(["open", "ended", "esc_none"]),
        "idempotency_key": st.sampled_from(["unused-key-1", "used-key-1", "short", "x" * 300]),
        "source": st.sampled_from([{"agent": {"id": "mira"}}, {"agent": {"id": "other"}}]),
        "callback": st.fixed_dictionaries(
            {},
            optional={
                "endpoint": st.sampled_from(["known", "unknown"]),
                "url": st.sampled_from(
                    [PUBLIC, "https://10.0.0.1/", "http://u@hooks.shop.example/"]
                ),
                "events": st.lists(st.sampled_from(["escalation.decided", "nothing"]), max_size=2),
            },
        ),
        "requested": st.fixed_dictionaries(
            {}, optional={"skills": st.just(["nobody"]), "assignee": st.just("nobody-x")}
        ),
    },
)


@pytest.fixture
def agent(db):
    """An agent with an endpoint, one open and one ended case, and a used idempotency key."""
    caller = Caller("mira", hosts=["hooks.shop.example"])
    now = clock.now()
    endpoints.register(
        caller.agent, name="known", url="https://hooks.shop.example/", by=OPERATOR, now=now
    )
    ids = {"open": caller.escalate()["id"], "ended": caller.escalate()["id"]}
    lifecycle.cancel(Escalation.objects.get(id=ids["ended"]), agent="mira")
    caller.escalate(idempotency_key="used-key-1")
    return caller, ids


def agree(caller, package, headers):
    """Both are asked; what is stored by the second is there for the next example."""
    rate_limit.forget()
    checked = caller.post("/check", package, **headers)
    stored = Escalation.objects.count()
    posted = caller.post("/escalations", package, **headers)
    told, made = checked.json(), posted.json()
    if posted.status_code >= 400:
        assert (checked.status_code, told) == (posted.status_code, made)
        assert Escalation.objects.count() == stored
    else:
        assert checked.status_code == 200, told
        # A key used before answers with the case as it was judged then.
        if posted.status_code == 201:
            assert {name: told.get(name) for name in SAME} == {n: made.get(n) for n in SAME}


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    package=packages(),
    more=REFERRING,
    broken=st.sampled_from([None, None, None, "summary", "task_type"]),
    header=st.sampled_from([None, None, "unused-key-1", "used-key-1", "s"]),
)
def test_check_refuses_and_warns_exactly_as_post_does(agent, package, more, broken, header):
    caller, ids = agent
    sent = copy.deepcopy(package) | more
    for name in ("supersedes", "re_escalates"):
        if sent.get(name) in ids:
            sent[name] = ids[sent[name]]
    sent.pop(broken, None)
    agree(caller, json.dumps(sent), {"Idempotency_Key": header} if header else {})


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"callback": {"endpoint": "unknown"}}, "/callback/endpoint"),
        ({"callback": {"url": "https://elsewhere.example/"}}, "/callback/url"),
        ({"source": {"agent": {"id": "other"}}}, "/source/agent/id"),
        ({"idempotency_key": "used-key-1", "summary": "Another"}, "/idempotency_key"),
        ({"idempotency_key": " \t\u3000     "}, "/idempotency_key"),
        ({"supersedes": "esc_none"}, "/supersedes"),
    ],
)
def test_what_post_refuses_check_names_as_well(agent, changes, pointer):
    caller, _ = agent
    answers = [caller.post(path, REFUND | changes) for path in ("/check", "/escalations")]
    assert [one.status_code for one in answers] == [422, 422]
    assert answers[0].json() == answers[1].json()
    assert [one["pointer"] for one in answers[0].json()["errors"]] == [pointer]


def test_a_case_that_ended_is_superseded_by_neither(agent):
    caller, ids = agent
    package = REFUND | {"supersedes": ids["ended"]}
    answers = [caller.post(path, package) for path in ("/check", "/escalations")]
    assert [one.status_code for one in answers] == [409, 409]
    assert answers[0].json() == answers[1].json()


def test_check_quotes_no_more_of_what_is_masked_than_post(agent):
    caller, _ = agent
    text = "I want to speak to a human being"
    package = REFUND | {
        "redactions": ["/context/conversation"],
        "context": {"conversation": {"messages": [{"role": "customer", "text": text}]}},
    }
    checked, made = (caller.post(path, package).json() for path in ("/check", "/escalations"))
    assert checked["reasons"] == made["reasons"]
    assert text not in json.dumps(checked)
