"""Many answers reversed in one go, from the record: each for itself."""

import pytest

from console.pages import once
from escalations.models import Decision, Escalation
from tests.escalations.lifecycle.taking_back.test_reversing import VOUCHER
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import REFUND, escalation, person, viewer

pytestmark = pytest.mark.django_db
URL = "/audit/reverse/"


@pytest.fixture
def priya(client):
    client.force_login(person("priya", "supervisor"))
    return client


@pytest.fixture
def cases():
    dana = viewer("dana")
    made = [escalation(proposed_actions=[*REFUND["proposed_actions"], VOUCHER]) for _ in range(3)]
    for one in made:
        decide(one, dana)
    return [Escalation.objects.get(pk=one.pk) for one in made]


def form(cases, **more):
    chosen = {f"version:{one.id}": one.version for one in cases}
    return {"case": [one.id for one in cases], **chosen, "form": "f" * 20, **more}


def test_the_page_says_what_each_agent_takes_back(priya, cases):
    page = priya.get(URL, {"case": [one.id for one in cases]}).content.decode()
    assert "Reverse 3 answers?" in page
    assert page.count("Void voucher: value 5. Within 30 days.") == 3
    assert page.count("the agent named no way to take it back") == 3


def test_each_is_reversed_for_itself_and_says_so(priya, cases):
    waiting = escalation()
    sent = form([*cases, waiting], instructions="A faulty rule.")
    page = priya.post(URL, sent).content.decode()
    assert "3 of 4 reversed" in page
    assert page.count("Reversed.\n") == 3
    assert Decision.objects.filter(outcome="reversed").count() == 3
    for one in Decision.objects.filter(outcome="reversed"):
        assert one.document["instructions"] == "A faulty rule."


def test_one_that_changed_meanwhile_is_refused_and_the_others_go(priya, cases):
    sent = form(cases, instructions="A faulty rule.")
    sent[f"version:{cases[0].id}"] = 1
    assert "2 of 3 reversed" in priya.post(URL, sent).content.decode()
    assert (
        "changed after you read it"
        in priya.post(
            URL,
            form(cases[:1], instructions="Again.")
            | {f"version:{cases[0].id}": 1, "form": "g" * 20},
        ).content.decode()
    )


def test_another_reason_under_the_same_id_is_no_repetition(priya, cases):
    sent = form(cases, instructions="A faulty rule.") | {once.FIELD: "g" * 20}
    for _ in range(2):
        assert "3 of 3 reversed" in priya.post(URL, sent).content.decode()
    page = priya.post(URL, sent | {"instructions": "Another."}).content.decode()
    assert "0 of 3 reversed" in page
    assert page.count("What was sent first counted") == 3


def test_without_a_reason_nothing_happens(priya, cases):
    answer = priya.post(URL, form(cases, instructions=" "))
    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    assert not Decision.objects.filter(outcome="reversed").exists()


def test_what_the_policy_let_pass_is_found_by_that_name(priya, cases):
    page = priya.get("/audit/", {"who": "policy"}).content.decode()
    assert page.count('name="case"') == 0
    page = priya.get("/audit/", {"who": "dana"}).content.decode()
    assert page.count('name="case"') == 3


def test_what_is_masked_stays_masked_in_what_is_taken_back(priya):
    secret = {**VOUCHER, "compensation": {"name": "void_voucher", "note": "Card 4111 1111"}}
    made = escalation(
        proposed_actions=[secret], redactions=["/proposed_actions/0/compensation/note"]
    )
    decide(made, viewer("dana"))
    page = priya.get(URL, {"case": made.id}).content.decode()
    assert "4111" not in page
    assert "Masked by the agent" in page
