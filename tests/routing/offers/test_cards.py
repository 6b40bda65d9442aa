"""What the corner of the screen is told of one's offers."""

import pytest

from escalations import lifecycle
from escalations.models import Escalation
from escalations.proposal.choices import Choice
from routing.models import Offer
from routing.offers import cards
from tests.factories import NOW, after, escalation, viewer

pytestmark = pytest.mark.django_db


def offered(to, *, ring=0, at=0, seconds=45):
    case = lifecycle.offer(escalation(), to=to, until=after(at + seconds), now=after(at))
    return Offer.objects.create(
        escalation=case, person_id=to.user_id, offered_at=after(at), until=after(at + seconds),
        ring=ring, why="You know this customer.",
    )  # fmt: skip


def test_open_offers_come_oldest_first_and_only_to_their_person():
    kofi, dana = viewer("kofi"), viewer("dana")
    second, first = offered(kofi, at=5, ring=1), offered(kofi, at=2)
    offered(dana)
    shown = cards.of(kofi.user_id, now=after(10)).open
    assert [card.offer for card in shown] == [first, second]
    assert [(card.seconds, card.second_choice) for card in shown] == [(45, False), (45, True)]


def test_an_alert_stands_above_older_offers_and_below_what_was_given():
    kofi, ruth = viewer("kofi"), viewer("ruth", "supervisor")
    given, older, alert = (offered(kofi, at=at) for at in (3, 1, 5))
    Escalation.objects.filter(pk=alert.escalation_id).update(level=4)
    Offer.objects.filter(pk=given.pk).update(given_by=ruth.user_id)
    shown = cards.of(kofi.user_id, now=after(10)).open
    assert [card.offer for card in shown] == [given, alert, older]


def test_three_offers_take_as_many_statements_as_one(django_assert_num_queries):
    kofi = viewer("kofi")
    for count in (1, 3):
        while Offer.objects.count() < count:
            offered(kofi)
        with django_assert_num_queries(1):
            shown = cards.of(kofi.user_id, now=after(10)).open
        assert len(shown) == count


def ends(how):
    kofi, ruth = viewer("kofi"), viewer("ruth", "supervisor")
    offer = offered(kofi)
    case = Escalation.objects.get()
    how(case, kofi, ruth)
    told = cards.of(kofi.user_id, now=after(50))
    assert told.open == ()
    assert cards.of(kofi.user_id, now=after(200)).ended == ()
    return [one.sentence.removeprefix(f"{case.case_number} is no longer offered to you. ") for one in told.ended], offer  # fmt: skip


@pytest.mark.parametrize(
    ("how", "sentences"),
    [
        (
            lambda case, kofi, ruth: lifecycle.end_offer(case, now=after(46)),
            ["You did not answer in time; it waits again and keeps its age."],
        ),
        (
            lambda case, kofi, ruth: lifecycle.cancel(case, agent="mira", now=after(10)),
            ["The agent took it back; nobody has to answer it any more."],
        ),
        (
            lambda case, kofi, ruth: lifecycle.claim(case, by=ruth, now=after(10)),
            ["A supervisor took it."],
        ),
        (
            lambda case, kofi, ruth: lifecycle.withdraw(
                case, whose=kofi.user_id, reason="not_available", now=after(10)
            ),
            ["You were no longer available, so it went back."],
        ),
        (lambda case, kofi, ruth: lifecycle.accept(case, by=kofi, now=after(10)), []),
        (
            lambda case, kofi, ruth: lifecycle.decline(case, by=kofi, reason="busy", now=after(10)),
            [],
        ),
    ],
    ids=["missed", "cancelled", "taken", "not there", "accepted", "declined"],
)
def test_what_ended_is_told_for_a_minute_unless_they_ended_it(how, sentences):
    assert ends(how)[0] == sentences


@pytest.mark.parametrize("how", ["claimed", "offered again", "decided"])
def test_nobody_is_told_that_they_missed_what_they_have(how):
    kofi = viewer("kofi")
    offer = offered(kofi)
    case = Escalation.objects.get()
    lifecycle.end_offer(case, now=after(46))
    assert [one.number for one in cards.of(kofi.user_id, now=after(47)).ended] == [offer.pk]
    case.refresh_from_db()
    if how == "offered again":
        lifecycle.offer(case, to=kofi, until=after(90), now=after(47))
    else:
        lifecycle.claim(case, by=kofi, now=after(47))
    if how == "decided":
        approve = Choice("approve")
        lifecycle.decide(
            case, approve, by=kofi, version=case.version + 1, reject_reasons=[], now=after(48)
        )
    assert cards.of(kofi.user_id, now=after(50)).ended == ()


def test_nothing_is_told_to_who_has_none():
    assert cards.of(viewer().user_id, now=NOW) == cards.Cards((), ())
