"""The conversation of a case that a person has taken over, as the agent has it over HTTP."""

from datetime import timedelta

import pytest

from console import clock
from escalations import lifecycle
from escalations.models import Escalation
from tests.escalations.api.conftest import decide
from tests.escalations.lifecycle.conversing.talking import handed_back
from tests.factories import REFUND, viewer


@pytest.fixture
def dana(db):
    return viewer()


@pytest.fixture
def case(mira, dana):
    """Its conversation is Dana's."""
    named = mira.escalate()["id"]
    escalation = Escalation.objects.get(id=named)
    return lifecycle.take_over(escalation, by=dana, version=1, now=clock.now())


def test_a_message_of_the_customer_is_stored_once(mira, case):
    sent = {"id": "m-1", "text": "Where is it?", "author": "Inès"}
    first = mira.post(f"/escalations/{case.id}/messages", sent)
    again = mira.post(f"/escalations/{case.id}/messages", sent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    told = first.json()
    assert told.pop("at").endswith("Z")
    assert told == {
        "number": 2, "id": "m-1", "role": "customer", "author": "Inès", "text": "Where is it?",
    }  # fmt: skip
    other = mira.post(f"/escalations/{case.id}/messages", {**sent, "text": "Another"})
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (422, "/id")


def test_an_id_in_which_nothing_can_be_read_is_refused(mira, case):
    before = case.chat_messages.count()
    refused = mira.post(f"/escalations/{case.id}/messages", {"id": " \t", "text": "Where is it?"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/id")
    assert case.chat_messages.count() == before


@pytest.mark.parametrize(
    ("call", "document"),
    [
        ("messages", {"role": "agent", "text": "I am still here."}),
        ("revision", REFUND),
        ("context", {"messages": [{"role": "agent", "text": "Hello"}]}),
        ("cancel", {}),
    ],
)
def test_the_agent_is_told_to_be_silent(mira, case, call, document):
    response = mira.post(f"/escalations/{case.id}/{call}", document)
    assert response.status_code == 409
    assert response.json()["type"] == "urn:baton:problem:taken_over"
    assert response.json()["by"] == {"id": "dana", "name": "Dana Whitlock"}
    assert response.json()["detail"] == (
        "Dana Whitlock has taken this conversation over: say and do nothing in it until it is "
        "handed back."
    )


def test_nobody_who_has_not_taken_over_is_written_to(mira, dana):
    named = mira.escalate()["id"]
    before = mira.post(f"/escalations/{named}/messages", {"text": "Hello?"})
    decide(named, by=dana)
    after = mira.post(f"/escalations/{named}/messages", {"role": "agent", "text": "Hello?"})
    kinds = [one.json()["type"] for one in (before, after)]
    assert kinds == ["urn:baton:problem:not_taken_over"] * 2


@pytest.mark.parametrize(
    "document",
    [{}, {"text": ""}, {"text": "Hi", "role": "operator"}, {"text": "Hi", "to": "Dana"}, []],
)
def test_what_is_no_message_is_refused(mira, case, document):
    response = mira.post(f"/escalations/{case.id}/messages", document)
    assert response.status_code == 422
    assert case.chat_messages.count() == 1


def test_a_stranger_neither_reads_nor_writes(stranger, case):
    assert stranger.get(f"/escalations/{case.id}/messages").status_code == 404
    assert stranger.post(f"/escalations/{case.id}/messages", {"text": "Hi"}).status_code == 404


def test_what_a_person_says_is_read_in_order(mira, case, dana):
    lifecycle.say(case, "In Vienna.", by=dana, now=clock.now())
    answer = mira.get(f"/escalations/{case.id}/messages?after=1")
    assert answer.status_code == 200
    told = answer.json()
    (message,) = told.pop("items")
    assert told == {
        "id": case.id, "state": "live", "version": 2, "agent_may_speak": False, "more": False,
        "person_types": False,
    }  # fmt: skip
    assert (message["number"], message["role"], message["text"]) == (2, "operator", "In Vienna.")
    assert message["author"] == "Dana Whitlock"
    nothing = mira.get(f"/escalations/{case.id}/messages?after=2")
    assert (nothing.status_code, nothing.json()["items"]) == (202, [])


def test_the_line_that_is_told_with_the_decision_says_so_among_the_messages(mira, case, dana):
    lifecycle.say(case, "In Vienna.", by=dana, now=clock.now())
    decision = mira.get(f"/escalations/{case.id}/decision").json()
    first, second = mira.get(f"/escalations/{case.id}/messages").json()["items"]
    assert first["text"] == decision["response"]["text"]
    assert first["response_of"] == decision["sequence"]
    assert "response_of" not in second


def test_handed_back_there_is_nothing_to_wait_for(mira, case, dana):
    handed_back(case, dana, now=clock.now(), promises=["A call."])
    answer = mira.get(f"/escalations/{case.id}/messages?after=1")
    assert answer.status_code == 200
    assert (answer.json()["items"], answer.json()["agent_may_speak"]) == ([], True)


def test_what_a_person_closed_is_closed_for_the_agent(mira, case, dana):
    handed_back(case, dana, now=clock.now(), resume_at="", first_line="", closes=True)
    answer = mira.get(f"/escalations/{case.id}/messages?after=1")
    assert (answer.status_code, answer.json()["agent_may_speak"]) == (200, False)
    for said in ({"text": "One more thing."}, {"role": "agent", "text": "Hello"}):
        refused = mira.post(f"/escalations/{case.id}/messages", said)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:baton:problem:closed")
        assert refused.json()["detail"] == (
            "Dana Whitlock has finished this conversation and closed it: you go on nowhere. What "
            "the customer still writes is a case of its own."
        )


def test_a_message_in_which_nothing_can_be_read_is_refused(mira, case):
    for text in (" ", "\n\t", "\u200b", "\u2800"):
        refused = mira.post(f"/escalations/{case.id}/messages", {"text": text})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/text")
    assert case.chat_messages.count() == 1


def test_the_document_that_follows_is_asked_for_by_its_number(mira, case, dana):
    address = f"/escalations/{case.id}/decision"
    first = mira.get(address)
    assert (first.status_code, first.json()["outcome"], first.json()["final"]) == (
        200, "taken_over", False,
    )  # fmt: skip
    assert mira.get(f"/escalations/{case.id}").json()["decision"] == first.json()
    waits = mira.get(f"{address}?after=1")
    assert (waits.status_code, waits.json()["state"]) == (202, "live")
    handed_back(case, dana, now=clock.now(), resume_at="Confirm")
    last = mira.get(f"{address}?after=1")
    assert (last.status_code, last.json()["outcome"], last.json()["sequence"]) == (
        200, "returned", 2,
    )  # fmt: skip
    assert last.json()["take_over"]["resume_at"] == "Confirm"
    assert mira.get(f"{address}?after=2").status_code == 202


def test_while_people_speak_there_is_no_line_for_the_customer(mira, case):
    told = mira.get(f"/escalations/{case.id}").json()
    assert (told["state"], told["customer_message"]) == ("live", None)
    assert mira.get("/escalations?state=live").json()["items"][0]["id"] == case.id


def test_what_was_taken_over_cannot_have_been_carried_out_yet(mira, case):
    response = mira.post(f"/escalations/{case.id}/outcome", {"outcome": "executed"})
    assert (response.status_code, response.json()["type"]) == (
        409, "urn:baton:problem:not_decided",
    )  # fmt: skip


def test_a_question_is_waited_for_and_answered_by_context(mira, dana):
    named = mira.escalate()["id"]
    address = f"/escalations/{named}/question"
    assert mira.get(address).status_code == 202
    case = Escalation.objects.get(id=named)
    now = clock.now()
    lifecycle.ask(
        case, by=dana, version=1, wants="more", text="Which order?",
        until=now + timedelta(minutes=5), now=now,
    )  # fmt: skip
    answer = mira.get(address)
    assert (answer.status_code, answer.json()["text"], answer.json()["wants"]) == (
        200, "Which order?", "more",
    )  # fmt: skip
    said = {"messages": [{"role": "customer", "text": "HP-1"}]}
    assert mira.post(f"/escalations/{named}/context", said).json()["state"] == "waiting"
    assert mira.get(address).status_code == 202


def test_a_stranger_hears_no_question(mira, stranger):
    named = mira.escalate()["id"]
    assert stranger.get(f"/escalations/{named}/question").status_code == 404


def test_what_became_of_a_message_is_told_and_kept(mira, case):
    answer = mira.post(f"/escalations/{case.id}/receipts", {"number": 1, "state": "read"})
    told = answer.json()
    assert told.pop("at").endswith("Z")
    assert (answer.status_code, told) == (200, {"id": case.id, "number": 1, "state": "read"})
    for odd in ({"number": 7, "state": "read"}, {"number": 1, "state": "lost"}, {"number": 1}):
        assert mira.post(f"/escalations/{case.id}/receipts", odd).status_code == 422
    case.refresh_from_db()
    assert case.version == 2
    other = mira.escalate(correlation_id="another")["id"]
    early = mira.post(f"/escalations/{other}/receipts", {"number": 1, "state": "read"})
    assert (early.status_code, early.json()["type"]) == (409, "urn:baton:problem:not_taken_over")


def test_the_customer_types_only_to_people(mira, dana, case):
    answer = mira.post(f"/escalations/{case.id}/typing", {})
    assert (answer.status_code, answer.json()) == (200, {"id": case.id, "shown_for_s": 6})
    handed_back(case, dana, now=clock.now())
    over = mira.post(f"/escalations/{case.id}/typing", {})
    assert (over.status_code, over.json()["type"]) == (409, "urn:baton:problem:handed_back")


def test_that_a_person_types_is_no_message(mira, case):
    address = f"/escalations/{case.id}/messages?after=1&typing=true"
    still = mira.get(address)
    typed = mira.get(address, X_Baton_Typed="1")
    assert (still.status_code, still.json()["person_types"]) == (202, False)
    assert (typed.status_code, typed.json()["person_types"]) == (200, True)
    assert typed.json()["items"] == []
    unasked = mira.get(f"/escalations/{case.id}/messages?after=1", X_Baton_Typed="1")
    assert unasked.status_code == 202
