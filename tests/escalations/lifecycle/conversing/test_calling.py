"""A call to the customer is written down, and tried again."""

import json

import pytest

from escalations import lifecycle
from escalations.calls import made
from escalations.inbox import rows
from escalations.lifecycle.conversing.calling import SaidOnPhone
from escalations.models import Call, Escalation
from escalations.proposal.choices import Choice
from escalations.record import audit, sentences_live
from escalations.refusals import Conflict, Invalid
from routing.people import units
from tests.escalations.lifecycle.conversing.talking import handed_back, kinds_of, live
from tests.factories import NOW, after, escalation, viewer
from tests.standing import STATES, in_state

pytestmark = pytest.mark.django_db
REACHED = SaidOnPhone("reached", "Wants it whole.", ["A voucher."])


@pytest.fixture
def dana():
    return viewer()


def held(dana, **package):
    wish = {"requested": {"method": "callback"}}
    return lifecycle.claim(escalation(**{**wish, **package}), by=dana, now=NOW)


def call(case, dana, said=REACHED, second=1):
    return lifecycle.call(case, said, by=dana, version=case.version, now=after(second))


def decided(case, dana, second=9):
    lifecycle.decide(
        case, Choice("approve"), by=dana, version=case.version, reject_reasons=[], now=after(second)
    )
    return case.decisions.get().document


def test_a_call_that_reached_somebody_stays_with_who_called(dana):
    case = call(held(dana), dana)
    assert (case.state, case.held_by_id, case.version) == ("held", dana.user_id, 3)
    assert kinds_of(case) == ["received", "claimed", "called"]
    body = bytes(case.events.get(kind="called").body)
    assert b"voucher" not in body
    assert json.loads(body)["facts"]["promised"] == 1
    assert audit.verify().findings == []


def test_a_next_try_frees_them_and_comes_back_to_them_first(dana):
    case = held(dana)
    case = call(case, dana, SaidOnPhone("no_answer", next_at=after(3600)))
    assert (case.state, case.assignee, case.snoozed_until) == ("snoozed", "dana", after(3600))
    assert units.load(dana.user_id) == (0, 5)
    assert audit.verify().findings == []
    due = Escalation.objects.waking(after(3600)).get()
    assert lifecycle.wake(due, now=after(3600))
    case.refresh_from_db()
    assert (case.state, case.assignee) == ("waiting", "dana")
    (key,) = [(case.number, case.id, case.version)]
    assert "1 call, last:" in rows.html_of([key])[0]
    assert "no answer" in rows.html_of([key])[0]


def test_the_agent_is_told_what_was_said_and_promised(dana):
    case = held(dana)
    case = call(case, dana, SaidOnPhone("no_answer"), 1)
    case = call(case, dana, REACHED, 2)
    first, second = decided(case, dana)["calls"]
    assert (first["outcome"], first["notes"], first["promises"]) == ("no_answer", "", [])
    assert (second["outcome"], second["notes"], second["promises"], second["by"]) == (
        "reached", "Wants it whole.", ["A voucher."], "dana",
    )  # fmt: skip
    assert audit.verify().findings == []


def test_without_a_call_nothing_is_told(dana):
    assert "calls" not in decided(held(dana), dana)
    assert "calls" not in decided(lifecycle.claim(escalation(), by=dana, now=NOW), dana)


def test_while_a_conversation_is_had_a_call_is_no_end_of_it(dana):
    case = call(live(dana), dana)
    with pytest.raises(Conflict) as refused:
        call(case, dana, SaidOnPhone("no_answer", next_at=after(60)), 2)
    assert refused.value.code == "taken_over"
    case = handed_back(case, dana, now=after(5))
    assert case.decisions.get(final=True).document["calls"][0]["promises"] == ["A voucher."]
    assert audit.verify().findings == []


def test_nothing_is_promised_to_nobody(dana):
    with pytest.raises(Invalid) as refused:
        call(held(dana), dana, SaidOnPhone("voicemail", promises=["A voucher."]))
    assert refused.value.errors[0].pointer == "/promises"
    assert not Call.objects.exists()


@pytest.mark.parametrize("state", STATES)
def test_only_who_holds_it_calls(dana, state):
    case = in_state(state, dana)
    if state == "live":
        assert call(case, dana, SaidOnPhone("engaged")).version == case.version + 1
    else:
        with pytest.raises(Conflict):
            call(case, dana)


def test_somebody_else_and_an_older_version_are_refused(dana):
    case = held(dana)
    for by, version in ((viewer("kofi"), 2), (dana, 1)):
        with pytest.raises(Conflict):
            lifecycle.call(case, REACHED, by=by, version=version, now=after(1))


def test_who_changes_what_was_written_is_found(dana):
    case = call(held(dana), dana)
    Call.objects.update(notes="Wants nothing.")
    assert "What was written of the call was changed." in str(audit.verify())
    Call.objects.all().delete()
    assert "What was written of the call is missing." in str(audit.verify())
    Call.objects.create(escalation=case, person_id=dana.user_id, outcome="reached", at=after(7))
    assert "stands in no entry" in str(audit.verify())


def test_the_timeline_says_how_it_ended(dana):
    case = held(dana)
    call(case, dana, SaidOnPhone("wrong_number", next_at=after(3600)))
    assert made.is_called(case)
    assert set(sentences_live._CALLS) == set(Call.Outcome.values)
