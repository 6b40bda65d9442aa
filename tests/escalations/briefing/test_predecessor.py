"""The word that comes with a case."""

import pytest

from escalations import casefile, lifecycle
from escalations.briefing import predecessor
from escalations.masking.seen import SeenPackage
from tests.factories import NOW, after, escalation, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana():
    return viewer("dana")


@pytest.fixture
def amara():
    return viewer("amara", refunds=3)


def pass_on(case, by, text="", **to):
    return lifecycle.pass_on(case, by=by, version=case.version, text=text, now=NOW, **to)


@pytest.mark.parametrize(
    ("to", "did"),
    [
        ("person", "passed this on to you"),
        ("skill", "passed this on to whoever has refunds at 3 or better"),
        ("lead", "passed this on to a supervisor"),
    ],
)
def test_who_passed_it_on_to_whom(dana, amara, to, did):
    target = {"person": {"person": amara}, "skill": {"skills": {"refunds": 3}}, "lead": {}}[to]
    case = pass_on(escalation(), dana, "The photo is older.", **target)
    word = predecessor.word(case, amara)
    assert (word.name, word.did, word.text, word.at) == (
        "Dana Whitlock", did, "The photo is older.", NOW,
    )  # fmt: skip


def test_nobody_reads_their_own_word_but_that_of_a_snooze(dana, amara):
    case = pass_on(escalation(), dana, "The photo is older.", person=amara)
    assert predecessor.word(case, dana) is None
    until = after(3600)
    case = lifecycle.snooze(
        case, by=dana, version=case.version, until=until, text="Parcel.", now=NOW
    )
    assert [predecessor.word(case, one).text for one in (dana, amara)] == ["Parcel.", "Parcel."]


def test_the_last_word_counts_and_none_on_a_closed_case(dana, amara):
    ruth = viewer("ruth", "supervisor")
    case = pass_on(escalation(), dana, "First.")
    case = lifecycle.reassign(
        case, by=ruth, version=case.version, to=amara, until=after(60), text="Second.", now=NOW
    )
    word = predecessor.word(case, amara)
    assert (word.name, word.did, word.text) == ("Ruth Whitlock", "gave this to you", "Second.")
    lifecycle.cancel(case, agent="mira", now=NOW)
    case.refresh_from_db()
    assert predecessor.context(amara, case, casefile.read(case), SeenPackage({})) == {
        "word": None,
        "left": None,
    }


def test_a_snooze_without_a_word_hides_no_earlier_one(dana, amara):
    case = pass_on(escalation(), dana, "The photo is older.", person=amara)
    case = lifecycle.snooze(case, by=amara, version=case.version, until=after(60), now=NOW)
    assert predecessor.word(case, dana).kind == "snoozed"
    lifecycle.wake(case, now=after(60))
    case.refresh_from_db()
    assert predecessor.word(case, amara).text == "The photo is older."
