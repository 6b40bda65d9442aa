"""Facts that are another when somebody has decided already."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from console import clock
from console.models import User
from escalations import lifecycle
from escalations.facts import answering, checks, late
from escalations.models import Escalation, FactCheck
from escalations.proposal.choices import Choice
from escalations.refusals import Conflict
from routing.models import Notice
from tests.escalations.facts.asking import ACTION, OTHER, SAME, case_of, last, press, says
from tests.factories import key, viewer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case():
    return case_of(key(), now=clock.now())


def asked(case, by):
    return checks.ask(case, case.packages.get(), by=by, now=clock.now())


def decided(case, by, command="approve"):
    choice = Choice(command)
    lifecycle.decide(
        case, choice, by=by, version=case.version, reject_reasons=["other"], now=clock.now()
    )
    case.refresh_from_db()
    return case


def told(username="dana"):
    lines = Notice.objects.filter(person__username=username).order_by("pk")
    return [(one.text, one.escalation_id) for one in lines]


def left(case, *, since=timedelta(0)):
    Escalation.objects.filter(pk=case.pk).update(effective_at=clock.now() - since)
    case.refresh_from_db()


def test_who_decided_hears_it_while_it_can_be_undone(case):
    dana = viewer()
    first, second = asked(case, dana), asked(case, dana)
    decided(case, dana)
    says(first, OTHER, now=clock.now())
    words = (
        f"{case.case_number} was decided before mira said that it changed: Order total was 184.00, "
        "is 92.00 now. Undo it, or reverse it once the agent has it."
    )
    assert told() == [(words, case.pk)]
    # The same value is told once, and what holds not at all.
    says(second, OTHER, now=clock.now())
    says(asked(case, dana), SAME, now=clock.now())
    assert told() == [(words, case.pk)]
    says(asked(case, dana), {"Order total": "93.00"}, now=clock.now())
    assert len(told()) == 2


def test_who_decided_hears_that_it_has_left(case, client):
    dana = viewer()
    check = asked(case, dana)
    left(decided(case, dana))
    says(check, OTHER, now=clock.now())
    ((text, _),) = told()
    assert text.endswith("is 92.00 now. The agent has it: Reverse is there.")
    client.force_login(User.objects.get(username="dana"))
    page = client.get(f"/escalations/{case.id}/").content.decode()
    assert "This has changed since mira wrote it" in page
    assert ">Reverse" in page or "Reverse</" in page


def test_an_hour_later_nobody_hears_it(case):
    dana = viewer()
    check = asked(case, dana)
    left(decided(case, dana), since=answering.HEARD_FOR)
    with pytest.raises(Conflict, match="Nobody decides this any more"):
        says(check, OTHER, now=clock.now())
    assert told() == []


@pytest.mark.parametrize("how", ["rejected", "undone", "open"])
def test_what_cleared_nothing_is_told_to_nobody(case, how):
    dana = viewer()
    check = asked(case, dana)
    if how != "open":
        decided(case, dana, "reject" if how == "rejected" else "approve")
    if how == "undone":
        lifecycle.undo(case, by=dana, version=case.version, now=clock.now())
    says(check, OTHER, now=clock.now())
    assert told() == []


def test_who_was_stopped_by_it_and_pressed_again_knows(case):
    dana = viewer()
    opened = asked(case, dana)
    with pytest.raises(Conflict):
        press(dana, case, now=clock.now(), id="one")
    says(last(), OTHER, now=clock.now())
    with pytest.raises(Conflict) as stopped:
        press(dana, case, now=clock.now(), id="one")
    assert stopped.value.code == "facts_changed"
    decided(case, dana)
    says(opened, OTHER, now=clock.now())
    assert told() == []


def test_an_answer_at_the_moment_of_deciding_is_not_lost(case, monkeypatch):
    """The press has given up waiting; the answer is kept before its decision is written."""
    dana = viewer()
    with pytest.raises(Conflict):
        press(dana, case, now=clock.now(), id="one")
    later = clock.now() + checks.WITHIN
    real = lifecycle.decide

    def between(*args, **keys):
        def answer():
            try:
                says(FactCheck.objects.get(), OTHER, now=later)
            finally:
                connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        thread.join()
        return real(*args, **keys)

    monkeypatch.setattr("escalations.commands.deciding.lifecycle.decide", between)
    answer = press(dana, case, now=later, id="one")
    assert (answer["state"], len(told())) == ("decided", 1)


def test_who_signs_second_hears_it_as_well(case):
    Escalation.objects.update(approvals=2)
    case.refresh_from_db()
    dana, amara = viewer(), viewer("amara")
    check = asked(case, dana)
    decided(case, dana)
    decided(case, amara)
    assert case.state == "decided"
    left(case)
    says(check, OTHER, now=clock.now())
    for name in ("dana", "amara"):
        ((text, _),) = told(name)
        assert text.endswith("The agent has it: somebody who had no part in it can reverse it.")


def test_a_masked_value_is_not_written_to_whoever_decided():
    masked = ["/proposed_actions/0/facts/0/value"]
    case = case_of(key(), now=clock.now(), redactions=masked)
    dana = viewer()
    check = asked(case, dana)
    decided(case, dana)
    says(check, OTHER, now=clock.now())
    ((text, _),) = told()
    assert "Order total" in text
    assert "184.00" not in text
    assert "92.00" not in text


def test_long_words_leave_room_for_what_to_do():
    facts = [{"label": f"{n} " + "label " * 15, "value": "long " * 60} for n in range(5)]
    case = case_of(key(), now=clock.now(), proposed_actions=[ACTION | {"facts": facts}])
    dana = viewer()
    check = asked(case, dana)
    decided(case, dana)
    says(check, {one["label"]: "other " * 50 for one in facts}, now=clock.now())
    ((text, _),) = told()
    assert len(text) <= late.TEXT_MAX
    assert text.endswith("Undo it, or reverse it once the agent has it.")
    assert "; and 4 more." in text
