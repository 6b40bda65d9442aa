"""What presses most comes first: in the table, in the advice, and for the hands that are free."""

import pytest

from console.models import User
from escalations import lifecycle
from escalations.models import Escalation
from routing.floor import boards, snapshot
from routing.people import units
from routing.transfers import spreading
from tests.factories import NOW, after, escalation, key
from tests.routing.floor.given import on_duty
from tests.routing.floor.test_boards import _nothing_remembered

pytestmark = [pytest.mark.django_db, pytest.mark.services]
__all__ = ["_nothing_remembered"]


def case(due, *, level=2, by):
    made = escalation(by=by, now=NOW)
    Escalation.objects.filter(pk=made.pk).update(respond_by=after(due), level=level)
    made.refresh_from_db()
    return made


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
