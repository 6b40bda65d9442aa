"""A press that clears what rests on facts: what it waits for, and what it is told."""

import json

import pytest

from escalations import intake, lifecycle
from escalations.briefing import reading
from escalations.commands.holding_back import Asking
from escalations.facts import checks
from escalations.models import Event, FactCheck
from escalations.record import audit
from escalations.refusals import Conflict
from tests.escalations.facts.asking import ACTION, OTHER, case_of, last, press, says
from tests.factories import NOW, REFUND, after, key, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana():
    return viewer("dana")


@pytest.fixture
def mira():
    return key()


@pytest.fixture
def case(mira):
    return case_of(mira, now=NOW)


def asking(by, case, *, now, **how):
    with pytest.raises(Asking) as caught:
        press(by, case, now=now, id="press", **how)
    assert caught.value.until == now + checks.WITHIN
    return last()


def noted(case):
    """What the line of the decision says of the facts."""
    line = Event.objects.filter(escalation=case, kind__in=["decided", "voted"]).latest("position")
    facts = json.loads(bytes(line.body))["facts"]
    return facts.get("facts"), facts.get("fact_check")


def test_a_press_counts_once_the_agent_said_that_all_is_the_same(dana, case):
    check = asking(dana, case, now=after(1))
    with pytest.raises(Asking):
        press(dana, case, now=after(2), id="press")
    says(check, {"Order total": 184, "Refunded before": False}, now=after(2.5))
    done = press(dana, case, now=after(2.6), id="press")
    assert (done["state"], done["outcome"], "warning" in done) == ("decided", "approved", False)
    assert noted(case) == ("same", check.id)
    assert FactCheck.objects.count() == 1
    assert audit.verify().findings == []


@pytest.mark.parametrize("name", ["approve", "edit"])
def test_another_value_stops_the_first_press_and_not_the_second(dana, case, name):
    how = {"name": name} | ({"response": {"text": "Dear Inès"}} if name == "edit" else {})
    check = asking(dana, case, now=after(1), **how)
    says(check, OTHER, now=after(2))
    with pytest.raises(Conflict) as caught:
        press(dana, case, now=after(2.1), id="press", **how)
    assert caught.value.code == "facts_changed"
    said = "This has changed: Order total was 184.00, is 92.00 now. Nothing was sent; press again"
    assert caught.value.detail == f"{said} if you still want it."
    case.refresh_from_db()
    assert case.state == "waiting"
    # The same press again has seen no more than before.
    with pytest.raises(Conflict):
        press(dana, case, now=after(3), **how)
    seen = found(dana, case, now=after(3)).digest
    with pytest.raises(Conflict):
        press(dana, case, now=after(4), facts_seen="x" + seen[1:], **how)
    assert press(dana, case, now=after(5), facts_seen=seen, **how)["state"] == "decided"
    assert noted(case) == ("changed", check.id)
    assert audit.verify().findings == []


def found(by, case, *, now):
    return reading.facts_of(by, case, now=now)


def test_only_who_was_stopped_by_these_values_has_seen_them(dana, case):
    amara = viewer("amara")
    says(asking(dana, case, now=after(1)), OTHER, now=after(2))
    assert found(dana, case, now=after(3)).was_stopped
    assert not found(amara, case, now=after(3)).was_stopped
    # Asked again at a later press, the agent says something else again.
    with pytest.raises(Asking):
        press(dana, case, now=after(20), facts_seen=found(dana, case, now=after(3)).digest)
    before = found(dana, case, now=after(20)).digest
    says(last(), {**OTHER, "Order total": "1.00"}, now=after(21))
    assert found(dana, case, now=after(21)).digest != before
    with pytest.raises(Conflict, match=r"is 1\.00 now"):
        press(dana, case, now=after(21), facts_seen=before)


def test_an_agent_that_does_not_answer_blocks_nobody(dana, case):
    check = asking(dana, case, now=after(1))
    done = press(dana, case, now=after(3), id="press")
    assert (done["state"], done["warning"]) == ("decided", unanswered("did not answer within 2 s"))
    assert noted(case) == ("unanswered", check.id)


def test_half_an_answer_is_none(dana, case):
    says(asking(dana, case, now=after(1)), {"Order total": "184.00"}, now=after(2))
    done = press(dana, case, now=after(2), id="press")
    assert done["warning"] == unanswered("did not say all of it")


def unanswered(how):
    return f"The agent {how}, so whether the facts still hold is not known."


def test_nobody_waits_for_who_cannot_be_asked(dana, mira):
    case = case_of(mira, now=NOW, listens=False)
    assert press(dana, case, now=after(1))["state"] == "decided"
    assert noted(case) == ("not_asked", None)
    assert not FactCheck.objects.exists()


@pytest.mark.parametrize(
    ("name", "how"),
    [("reject", {"reason_code": "other"}), ("respond", {"message": "Ask for a photo."})],
)
def test_what_clears_nothing_asks_nobody(dana, case, name, how):
    assert press(dana, case, now=after(1), name=name, **how)["state"] == "decided"
    assert not FactCheck.objects.exists()


def test_what_is_refused_anyway_asks_nobody(dana, case):
    lifecycle.claim(case, by=viewer("amara"), now=after(1))
    with pytest.raises(Conflict) as late:
        press(dana, case, now=after(2))
    case.refresh_from_db()
    with pytest.raises(Conflict) as held:
        press(dana, case, now=after(2))
    assert not isinstance(late.value, Asking)
    assert not isinstance(held.value, Asking)
    assert not FactCheck.objects.exists()


def test_each_of_two_people_is_told_for_themselves(mira):
    case = case_of(mira, now=NOW, requested={"approvals_needed": 2})
    people = viewer("dana"), viewer("amara")
    for second, by in enumerate(people, start=1):
        at = 10 * second
        with pytest.raises(Asking):
            press(by, case, now=after(at), id=by.username)
        says(last(), OTHER, now=after(at + 1))
        with pytest.raises(Conflict, match="has changed"):
            press(by, case, now=after(at + 1), id=by.username)
        seen = found(by, case, now=after(at + 1)).digest
        press(by, case, now=after(at + 2), facts_seen=seen)
        case.refresh_from_db()
        assert noted(case)[0] == "changed"
    assert case.state == "decided"
    assert audit.verify().findings == []


def test_a_press_that_comes_again_asks_only_once(dana, case):
    """As a form without a socket does, which has another id each time."""
    asking(dana, case, now=after(1))
    with pytest.raises(Asking):
        press(dana, case, now=after(2))
    assert press(dana, case, now=after(3))["state"] == "decided"
    assert FactCheck.objects.count() == 1


def test_what_is_masked_is_not_told_by_what_it_is_now(dana, mira):
    case = case_of(mira, now=NOW, redactions=["/proposed_actions/0/facts/0/value"])
    says(asking(dana, case, now=after(1)), OTHER, now=after(2))
    with pytest.raises(Conflict) as caught:
        press(dana, case, now=after(2), id="press")
    assert "Order total was ‹masked›, is ‹masked› now" in caught.value.detail
    assert "184" not in caught.value.detail
    assert "92" not in caught.value.detail


def test_a_newer_version_is_asked_about_anew(dana, mira, case):
    says(asking(dana, case, now=after(1)), OTHER, now=after(2))
    body = json.dumps({**REFUND, "proposed_actions": [ACTION]}).encode()
    case = intake.revise(mira, case, body, now=after(3)).escalation
    assert found(dana, case, now=after(3)) is None
    with pytest.raises(Asking):
        press(dana, case, now=after(4))
    assert last().package_version == 2
