"""Offered, accepted, declined, missed, taken back, given: to whom, by whom, why and until when."""

import json

import pytest

from console.models import User
from escalations import lifecycle, ports
from escalations.access import Viewer
from escalations.models import Escalation, Event, Remark
from escalations.record import audit
from escalations.record_screen import timeline
from routing.attendance import presence
from routing.offers import dispatch
from routing.transfers import reassigning
from routing.transfers.reassigning import Wish
from tests.factories import NOW, after, escalation, viewer
from tests.routing.floor.given import on_duty
from tests.tampering import rechained

pytestmark = pytest.mark.django_db

NAMES = {"dana": "Dana Whitlock", "rhea": "Rhea Whitlock", "kofi": "Kofi Whitlock"}
OFFERED = "It was offered to them by Baton until 14:00:30 on 19 Nov."
GIVEN = "It was offered to them by Rhea Whitlock until 14:02:00 on 19 Nov."
OLIVE = Viewer(id=0, skills={}, username="olive", name="Olive Whitlock", role="auditor")
AGE = "It waits with its age."


def told(case, *, beside=True, by=None):
    """Who, what, the details and the typed words of the last entry."""
    known = {}
    if beside:
        known["offers"] = ports.why_offered(case, by or OLIVE)
        known["words"] = {(one.kind, one.at): one.text for one in case.remarks.all()}
    lines = audit.lines_of(case)
    entry = timeline.entries(lines, names=NAMES, changes={}, **known)[-1]
    return entry.who, entry.title, entry.details, entry.words


def fresh(case):
    return Escalation.objects.get(pk=case.pk)


@pytest.fixture
def dana():
    return on_duty("dana")


@pytest.fixture
def case(dana):
    """Offered to dana by matching, for 30 s."""
    made = escalation()
    assert dispatch.dispatch(NOW) == 1
    return fresh(made)


@pytest.fixture
def rhea():
    return viewer("rhea", "supervisor")


def give(case, to, reason="", *, rhea, now=NOW):
    wish = Wish(case.id, fresh(case).version)
    (given,) = reassigning.reassign([wish], to=to, reason=reason, by=rhea, now=now)
    assert given.refused is None
    return fresh(case)


def test_offered_says_to_whom_why_and_until_when(case):
    who, title, (why, until), _ = told(case)
    assert (who, title) == ("Baton", "Offered the case to Dana Whitlock")
    stored = case.offers.get().why.removesuffix(".")
    assert why == f"They were told: “{stored}”."
    assert until == "Theirs to answer until 14:00:30 on 19 Nov."


def test_why_is_said_to_whom_it_was_offered_as_they_were_told(case, dana):
    (why, _) = told(case, by=dana)[2]
    assert why.rstrip(".") == case.offers.get().why.rstrip(".")
    assert "you are the only one" in why


def test_without_the_row_of_the_offer_its_line_still_says_until_when(case):
    until = "Theirs to answer until 14:00:30 on 19 Nov."
    assert told(case, beside=False)[2] == [until]


def test_an_older_line_that_holds_no_time_takes_it_from_the_row_of_the_offer(case):
    told_now = told(case)
    rechained(case, lambda document: document["facts"].pop("until"), start=2)
    body = json.loads(bytes(Event.objects.get(chain=case.id, position=2).body))
    assert "until" not in body["facts"]
    assert told(fresh(case)) == told_now
    assert told(fresh(case), beside=False)[2] == []
    assert audit.verify(case.id).whole


def test_accepted_says_who_had_offered_it(case, dana):
    lifecycle.accept(case, by=dana, now=after(5))
    assert told(case) == ("Dana Whitlock", "Accepted the case", [OFFERED], "")


def test_declined_says_why_in_both_words(case, dana):
    lifecycle.decline(case, by=dana, reason="conflict", text="My neighbour.", now=after(5))
    reason = "Reason: I know this customer."
    details = [reason, OFFERED, AGE]
    assert told(case) == ("Dana Whitlock", "Declined the case", details, "My neighbour.")
    Remark.objects.all().delete()
    assert told(case) == ("Dana Whitlock", "Declined the case", details, "")


def test_missed_says_whose_it_was_and_how_long(case):
    assert lifecycle.end_offer(case, now=after(31))
    title = "Took the offer to Dana Whitlock back: no answer in time"
    assert told(case) == ("Baton", title, [OFFERED, AGE], "")


@pytest.mark.parametrize(
    ("state", "why"),
    [("away", "They were away by then."), ("busy", "They were busy by then.")],
)
def test_taken_back_says_why(state, why, case, dana):
    presence.set_state(User.objects.get(pk=dana.user_id), state, by=dana, now=after(5))
    title = "Took the offer to Dana Whitlock back"
    assert told(case) == ("Baton", title, [why, OFFERED, AGE], "")


def test_given_says_whose_it_was_why_and_until_when(case, rhea):
    on_duty("kofi")
    given = give(case, "kofi", "Kofi knows the shop.", rhea=rhea)
    assert told(given) == (
        "Rhea Whitlock",
        "Gave the case to Kofi Whitlock",
        [
            "It was with Dana Whitlock.",
            "Theirs to answer until 14:02:00 on 19 Nov.",
        ],
        "Kofi knows the shop.",
    )
    lifecycle.end_offer(given, now=after(121))
    title = "Took the offer to Kofi Whitlock back: no answer in time"
    assert told(given) == ("Baton", title, [GIVEN, AGE], "")


def test_given_back_to_the_queue(case, rhea):
    back = give(case, "", "Wrong team.", rhea=rhea)
    details = ["It was with Dana Whitlock."]
    assert told(back) == (
        "Rhea Whitlock",
        "Gave the case back to the queue",
        details,
        "Wrong team.",
    )
    assert told(give(back, "dana", rhea=rhea, now=after(1)))[2][0] == "Nobody had it."


def test_taken_from_whom_it_was_offered_to(case, rhea):
    lifecycle.claim(case, by=rhea, now=after(2))
    details = ["It was offered to Dana Whitlock."]
    assert told(case) == ("Rhea Whitlock", "Opened the case and held it", details, "")


def test_an_offer_that_was_answered_is_told_no_more(case, dana):
    lifecycle.accept(case, by=dana, now=after(5))
    lifecycle.release(case, by=dana, version=fresh(case).version, now=after(6))
    lifecycle.claim(case, by=dana, now=after(7))
    assert told(case)[2] == ["Hold number 2."]
