import json

import pytest

from escalations import lifecycle
from escalations.models import Delivery
from escalations.record import audit
from escalations.refusals import Conflict, Invalid
from tests import factories
from tests.escalations.lifecycle.conversing.talking import handed_back, heard, kinds_of, live
from tests.factories import NOW, after, escalation, viewer
from tests.running.listening import endpoint

pytestmark = pytest.mark.django_db


def spoken(case):
    return list(case.chat_messages.order_by("number").values_list("number", "role", "text"))


def test_what_is_said_stands_in_order_and_in_the_record():
    dana = viewer()
    case = live(dana)
    heard(case, "Where is it?", now=after(3))
    lifecycle.say(case, "In Vienna.", by=dana, now=after(4))
    assert spoken(case)[1:] == [(2, "customer", "Where is it?"), (3, "operator", "In Vienna.")]
    assert kinds_of(case) == ["received", "taken_over", "heard", "said"]
    case.refresh_from_db()
    assert (case.version, case.active_at) == (2, after(4))
    lines = case.events.order_by("position")
    assert b"Vienna" not in bytes(lines[3].body)
    assert audit.verify(case.id).findings == []


def test_the_same_message_is_taken_once():
    dana = viewer()
    case = live(dana)
    first, is_new = heard(case, "Hello?", their_id="m-7")
    again, is_new_again = heard(case, "Hello?", their_id="m-7")
    assert (first, is_new, is_new_again) == (again, True, False)
    with pytest.raises(Invalid) as refused:
        heard(case, "Another", their_id="m-7")
    assert refused.value.errors[0].pointer == "/id"
    handed_back(case, dana)
    assert heard(case, "Hello?", their_id="m-7") == (first, False)


@pytest.mark.parametrize("text", ["", "  \n", "\u200b"])
def test_blanks_are_no_message(text):
    dana = viewer()
    case = live(dana)
    with pytest.raises(Invalid):
        lifecycle.say(case, text, by=dana, now=NOW)
    assert len(spoken(case)) == 1


def test_only_whoever_has_the_conversation_speaks():
    dana, kofi = viewer("dana"), viewer("kofi")
    case = live(dana)
    for act in (
        lambda: lifecycle.say(case, "Me too.", by=kofi, now=NOW),
        lambda: lifecycle.say(case, "Too late.", by=dana, now=after(61)),
        lambda: lifecycle.say(
            lifecycle.claim(escalation(), by=dana, now=NOW), "Too soon.", by=dana, now=NOW
        ),
    ):
        with pytest.raises(Conflict):
            act()
    assert len(spoken(case)) == 1


def test_before_and_after_the_customer_is_the_agents():
    dana, case = viewer(), escalation()
    with pytest.raises(Conflict) as refused:
        heard(case)
    assert refused.value.code == "not_taken_over"
    lifecycle.take_over(case, by=dana, version=1, now=NOW)
    handed_back(case, dana)
    with pytest.raises(Conflict) as refused:
        heard(case)
    assert refused.value.code == "handed_back"
    assert refused.value.detail == (
        "Dana Whitlock has handed it back: the customer is yours again."
    )


def test_what_a_person_writes_leaves_as_a_webhook():
    dana, mira = viewer(), factories.key()
    endpoint(mira, "https://a.example/hook")
    case = live(dana, by=mira)
    heard(case, "Where?", now=after(1))
    lifecycle.say(case, "Here.", by=dana, now=after(2))
    row = Delivery.objects.get(kind="escalation.message")
    assert (row.next_at, row.decision_id, row.message.number) == (after(2), None, 3)
    event = json.loads(row.body)
    assert (event["type"], event["subject"], event["sequence"]) == (row.kind, case.id, "3")
    assert event["data"] == {
        "escalation_id": case.id, "number": 3, "id": row.message.id, "role": "operator",
        "author": "Dana Whitlock", "text": "Here.", "at": "2026-11-19T14:00:02.000000Z",
    }  # fmt: skip
    assert audit.verify(case.id).findings == []


def tampered(case):
    return [finding.sentence for finding in audit.verify(case.id).findings]


def test_a_change_of_what_was_said_shows():
    dana, mira = viewer(), factories.key()
    endpoint(mira, "https://a.example/hook")
    case = live(dana, by=mira)
    lifecycle.say(case, "Here.", by=dana, now=after(2))
    message = case.chat_messages.get(number=2)
    message.text = "There."
    message.save()
    assert "What was said was changed." in tampered(case)
    Delivery.objects.filter(message=message).delete()
    message.delete()
    assert "What was said is missing." in tampered(case)
