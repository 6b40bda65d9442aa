"""What presses most comes first: in the table, in the advice, and for the hands that are free; and of
one team's board every sentence is that of the whole one."""

from datetime import timedelta

import pytest

from console.models import User
from escalations import lifecycle
from escalations.models import Escalation
from routing.alerts import notices
from routing.floor import boards, snapshot
from routing.models import Presence, Shift
from routing.people import units
from routing.transfers import spreading
from tests.factories import NOW, after, escalation, key
from tests.routing.floor.given import on_duty
from tests.routing.floor.test_boards import _nothing_remembered, case, said
from tests.routing.views.test_floor import _at_two, signed_in, text_of

pytestmark = pytest.mark.django_db
__all__ = ["_at_two", "_nothing_remembered"]


def board(**asked):
    return boards.board(NOW, person=0, **asked)


def has_room_for(username, many, **skills):
    who = on_duty(username, **skills)
    units.resize(User.objects.get(pk=who.user_id), many)
    return who


def test_an_alert_stands_first_and_all_can_be_seen_however_many_are_late():
    """Of what was late the oldest thirty were read, and "Show more" showed no more."""
    mira = key()
    late = [case(-1000 - n, by=mira).number for n in range(snapshot.LATE_MAX + 1)]
    alert = case(-1, level=4, by=mira)
    found = board()
    assert found.late[0].case.number == alert.number
    assert found.table.many == len(late) + 1
    assert {one.case.number for one in found.late} == {alert.number, *late}
    assert board(first=5).late[0].case.number == alert.number
    assert len(board(first=5 + 50).late) == len(late) + 1


def test_the_advice_gives_an_alert_before_what_is_later():
    """The one free hand was given to what had been late for longer."""
    mira = key()
    has_room_for("kofi", 1)
    for n in range(3):
        case(-1000 - n, by=mira)
    alert = case(-1, level=4, by=mira)
    act = board().outlook.act
    assert (list(act.cases), act.to) == ([alert.id], "kofi")


def test_who_is_free_is_suggested_for_what_nobody_has_first():
    """A case that Dana had open used up Kofi, and one that nobody had was left to nobody; the
    dialog said otherwise."""
    mira = key()
    has_room_for("kofi", 1)
    dana = has_room_for("dana", 1)
    held = lifecycle.claim(case(-900, by=mira), by=dana, now=NOW)
    waits = case(-100, by=mira)
    found = {one.case.number: one.best and one.best.first for one in board().late}
    assert found == {held.number: None, waits.number: "Kofi"}
    for ids in ([held.id, waits.id], [waits.id, held.id]):
        asked = spreading.ask(ids, now=NOW)
        assert [(one.case.number, one.to and one.to.first) for one in asked.rows] == [
            (waits.number, "Kofi"),
            (held.number, None),
        ]


def test_of_what_is_raised_an_alert_stands_first_and_all_are_counted():
    """The newest eight stood there as if they were all."""
    priya, mira = on_duty("priya", "supervisor"), key()
    alert = case(-500, level=4, by=mira)
    notices.tell([priya.user_id], "alert", "At once.", alert, now=after(-600))
    for n in range(9):
        notices.tell([priya.user_id], "breach", "Late.", case(-400, by=mira), now=after(-n))
    raised = boards.board(NOW, person=priya.user_id).raised
    assert (len(raised), raised[0].case_number) == (10, alert.case_number)
    assert [one.at for one in raised[1:]] == [after(-n) for n in range(9)]
    text = " ".join(text_of(signed_in("priya").get("/floor/")).split())
    assert "<p>10, the first 8</p>" in text
    assert text.count('<li id="raised-') == 8


@pytest.mark.parametrize(
    ("begins", "is_said"), [("15:30", False), ("16:00", False), ("17:00", True)]
)
def test_nobody_is_said_to_be_left_where_somebody_comes(begins, is_said):
    """ "From 16:00 nobody on shift has refunds" stood there before whoever begins at 16:00."""
    for name, starts, ends in (("kofi", "08:00", "16:00"), ("amara", begins, "22:00")):
        who = on_duty(name, refunds=3)
        Shift.objects.create(person_id=who.user_id, weekday=3, starts=starts, ends=ends)
    Presence.objects.filter(person__username="amara").update(state="offline")
    mira = key()
    case(3000, skills={"refunds": 3}, by=mira), case(3000, skills={"refunds": 3}, by=mira)
    (_, fact, _) = board().facts
    assert fact.strong == "Only 1 person with room can take what needs refunds 3."
    assert (fact.rest == "nobody on shift has refunds at 3 or more.") is is_said
    assert (fact.small == "2 wait.") is not is_said


def shown(team=""):
    return boards.board(NOW, person=0, team=team, show="all")


def people_of(queues):
    return {line.need: (line.free, line.able, line.beyond) for line in queues}


def test_who_can_take_a_case_is_said_of_everybody():
    """ "Nobody here has it" stood over what Amara of another team was free for."""
    on_duty("kofi", refunds=3), on_duty("amara", team="Finance", refunds=4, payments=4)
    mira = key()
    for skills in ({"refunds": 3}, {"refunds": 4}, {"payments": 4}):
        case(skills=skills, by=mira), case(3000, skills=skills, excluded=["kofi"], by=mira)
    whole = shown()
    why = {one.case.number: one.why for one in whole.late}
    for team, many in (("Service", 2), ("Finance", 6)):
        found = shown(team)
        assert len(found.late) == many
        assert {one.case.number: one.why for one in found.late}.items() <= why.items()
        assert people_of(found.queues).items() <= people_of(whole.queues).items()
        assert {one for one in said(found) if "can take" in one} <= set(said(whole))
        assert found.outlook.sentence == whole.outlook.sentence


def test_what_waits_for_one_team_is_not_set_beside_what_waited_for_all():
    on_duty("kofi", refunds=3), on_duty("amara", team="Finance", payments=4)
    mira = key()
    for n in range(3):
        old = escalation(by=mira, now=NOW - timedelta(days=7, minutes=n))
        Escalation.objects.filter(pk=old.pk).update(state="cancelled", closed_at=NOW)
    case(3000, skills={"payments": 4}, by=mira)
    assert said(shown())[-1] == "1 waits, 2 fewer than at this time last Thursday."
    assert said(shown("Finance"))[-1] == "1 waits."
