"""What the days before say of the half hour ahead, and how soon the last hour's cases were taken."""

from datetime import timedelta

import pytest

from escalations.models import Escalation, State
from routing.floor import boards, history
from routing.floor.history import HowSoonTaken
from routing.models import Presence, Team
from tests.factories import NOW, after, escalation, key
from tests.routing.floor.given import on_duty

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def _nothing_remembered():
    history.forget()
    yield
    history.forget()


def came(many, *, taken_s=None, ago=timedelta(minutes=20), mira):
    """So many cases that came then, each taken after so long if at all."""
    arrived = NOW - ago
    cases = [escalation(by=mira, now=arrived) for _ in range(many)]
    if taken_s is not None:
        rows = Escalation.objects.filter(pk__in=[case.pk for case in cases])
        rows.update(accepted_at=arrived + timedelta(seconds=taken_s))
    return cases


def last_sentence():
    return boards.board(NOW, person=0).facts[-1].small


def test_half_were_taken_within_that_time():
    mira = key()
    came(4, taken_s=148, mira=mira)
    came(3, mira=mira)
    came(9, ago=timedelta(hours=2), mira=mira)
    assert history.before(NOW).taken == HowSoonTaken(came=7, taken=4, half_s=148)
    assert last_sentence() == "Half of the last hour's were taken within 2:28."


def test_where_most_still_wait_no_half_is_said_to_be_taken():
    mira = key()
    came(5, taken_s=60, mira=mira)
    came(6, mira=mira)
    assert history.before(NOW).taken == HowSoonTaken(came=11, taken=5, half_s=None)
    assert last_sentence() == "Of the last hour's 11, 5 were taken so far."


def test_who_was_withdrawn_had_not_to_be_taken_and_who_expired_had():
    mira = key()
    withdrawn, expired = came(6, mira=mira), came(5, mira=mira)
    for cases, state in ((withdrawn, State.CANCELLED), (expired, State.EXPIRED)):
        rows = Escalation.objects.filter(pk__in=[one.pk for one in cases])
        rows.update(state=state, closed_at=NOW)
    assert history.before(NOW).taken == HowSoonTaken(came=5, taken=0, half_s=None)
    assert last_sentence() == "Of the last hour's 5, none was taken so far."


# --- new cases of the half hour ahead


def test_arrivals_of_the_last_days_are_expected_again():
    on_duty("kofi")
    mira = key()
    for day in range(1, 5):
        for minute in (5, 15, 25):
            old = escalation(by=mira, now=NOW - timedelta(days=day) + timedelta(minutes=minute))
            Escalation.objects.filter(pk=old.pk).update(state="cancelled", closed_at=NOW)
    assert boards.board(NOW, person=0).outlook.basis.startswith(
        "About 3 new cases in 30 minutes, by 4 of the last 7 days."
    )


def test_clearly_more_than_usual_go_on_coming():
    """A rush of today is in no history; a few more than usual are chance."""
    on_duty("kofi")
    mira = key()

    def came(at, many):
        for second in range(many):
            old = escalation(by=mira, now=at + timedelta(seconds=second))
            Escalation.objects.filter(pk=old.pk).update(state="cancelled", closed_at=NOW)

    for day in range(1, 5):
        came(NOW - timedelta(days=day, minutes=5), 1)
        came(NOW - timedelta(days=day, minutes=-20), 3)
    came(after(-900), 4)
    assert boards.board(NOW, person=0).outlook.basis.startswith(
        "About 3 new cases in 30 minutes, by 4 of the last 7"
    )
    history.forget()
    # All at once, it may be an agent that was connected just now.
    came(after(-300), 12)
    assert boards.board(NOW, person=0).outlook.basis.startswith(
        "About 3 new cases in 30 minutes, by 4 of the last 7"
    )
    history.forget()
    came(after(-600), 5)
    assert boards.board(NOW, person=0).outlook.basis.startswith(
        "About 43 new cases in 30 minutes, as they come now; by 4 of the last 7 days it would be 3."
    )


@pytest.mark.parametrize(("days", "few"), [(0, "days"), (2, "days"), (3, "cases")])
def test_a_fresh_install_says_that_it_cannot_say_yet(days, few):
    """ "About 50 new cases; by 3 of the last 7 days it would be 1" rested on three cases."""
    on_duty("kofi")
    mira = key()
    for day in range(1, days + 1):
        escalation(by=mira, now=NOW - timedelta(days=day) + timedelta(minutes=5))
    for second in range(0, 240, 10):
        escalation(by=mira, now=after(-second))
    assert boards.board(NOW, person=0).outlook.basis.startswith(
        "New cases are not in it; how many come cannot be said yet: "
        f"too few {few} were seen at this hour."
    )


def test_clearly_fewer_than_usual_go_on_coming():
    on_duty("kofi")
    mira = key()
    for day in range(1, 5):
        for second in range(-20, 20):
            at = NOW - timedelta(days=day) + timedelta(seconds=second)
            old = escalation(by=mira, now=at)
            Escalation.objects.filter(pk=old.pk).update(state="cancelled", closed_at=NOW)
    assert boards.board(NOW, person=0).outlook.basis.startswith(
        "About 0 new cases in 30 minutes, as they come now; by 4 of the last 7 days it would be 20."
    )


def answered(who, mira, *takings):
    """So many cases of hers: minutes ago each arrived, was taken up, was answered."""
    for arrived, taken, decided in takings:
        made = escalation(by=mira, now=NOW - timedelta(minutes=arrived))
        Escalation.objects.filter(pk=made.pk).update(
            state=State.DECIDED,
            decided_by=who.user_id,
            taken_up_at=NOW - timedelta(minutes=taken),
            decided_at=NOW - timedelta(minutes=decided),
        )


# Each is taken 4 minutes after she could have: the one before was answered, or it came.
AT_HER_PACE = [(90, 88, 80), (89, 76, 70), (89, 66, 60), (54, 50, 40), (39, 35, 30), (89, 26, 22)]


def of_the_list(name, mira, *takings, team="Homes"):
    who = on_duty(name, refunds=3, team=team)
    Team.objects.filter(name=team).update(mode=Team.Mode.PULL)
    answered(who, mira, *takings)
    return who


def test_how_long_a_team_leaves_cases_on_its_list_is_measured():
    """Not where cases are offered, not over a night, and not of too few."""
    mira = key()
    of_the_list("nadia", mira, *AT_HER_PACE, (900, 700, 690))
    of_the_list("kofi", mira, *AT_HER_PACE[:3], team="Few")
    answered(on_duty("dana", refunds=3), mira, *AT_HER_PACE)
    answered(on_duty("lee", refunds=3, team=None), mira, *AT_HER_PACE)
    assert history.before(NOW).pauses == {"Homes": 4.0, "": 4.0}


def test_the_half_hour_takes_a_team_that_helps_itself_at_its_own_pace():
    """Two cases due in 15 minutes: she takes one at 4, answers it at 14, and the other is late."""
    mira = key()
    nadia = of_the_list("nadia", mira, *AT_HER_PACE)
    for _ in range(2):
        made = escalation(by=mira, now=NOW)
        Escalation.objects.filter(pk=made.pk).update(respond_by=after(15 * 60))
    outlook = boards.board(NOW, person=0).outlook
    assert outlook.sentence == "Of 2 open cases, 1 will be answered in time and 1 late."
    assert "is not measured yet; at once assumed" not in outlook.basis
    Presence.objects.filter(person=nadia.user_id).update(state=Presence.State.AWAY)
    outlook = boards.board(NOW, person=0).outlook
    assert outlook.sentence == "Of 2 open cases, nobody who takes work now can take 2."


def test_a_pace_that_is_not_known_is_said_to_be_assumed():
    escalation(by=key(), now=NOW)
    of_the_list("nadia", key("atlas"))
    assert "How soon Homes takes from the list is not measured yet; at once assumed." in (
        boards.board(NOW, person=0).outlook.basis
    )
