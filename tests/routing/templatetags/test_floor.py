"""The floor read again by a tab that has it: only rows that changed come, and the board is the
same as one drawn anew."""

import random
import re

import pytest
import time_machine

from console import clock
from console.models import User
from console.pages import kept
from escalations import lifecycle
from escalations.models import Escalation
from routing.floor import history
from routing.models import Presence
from routing.people import roster, units
from tests.factories import NOW, after, escalation, viewer_of
from tests.routing.floor.given import on_duty
from tests.routing.views.test_floor import HTMX, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ROW = re.compile(r'<tr id="(person-\d+)" (?:data-same></tr>|data-stamp="(\w+)".*?</tr>)', re.DOTALL)
NAMES = ("amara", "kofi", "lena", "noor", "sam")


@pytest.fixture(autouse=True)
def _at_two():
    history.forget()
    with time_machine.travel(NOW, tick=False):
        yield
    history.forget()


class Tab:
    """A tab that puts the rows which come in the place of those that it has."""

    def __init__(self, client):
        self._client = client
        self.board = self._get("")
        self.came = 0

    def look(self):
        """Spaces between rows aside, which a place does not have."""
        had = ".".join(stamp for _, stamp in ROW.findall(self.board))
        fresh, own = self._get(had), {row[1]: row[0] for row in ROW.finditer(self.board)}
        self.came = sum(bool(stamp) for _, stamp in ROW.findall(fresh))
        self.board = ROW.sub(lambda row: row[0] if row[2] else own[row[1]], fresh)

    def anew(self):
        kept.shelf.forget()
        return self._get("")

    def _get(self, had):
        return self._client.get("/floor/", {"had": had}, headers=HTMX).content.decode()


def test_a_row_that_stands_as_it_stood_does_not_come_again():
    for name in NAMES:
        on_duty(name)
    tab = Tab(signed_in("priya"))
    tab.look()
    assert tab.came == 0
    Presence.objects.filter(person__username="kofi").update(state="away", reason="Lunch")
    tab.look()
    assert tab.came == 1
    assert "Away, lunch" in tab.board
    assert tab.board.split() == tab.anew().split()


def test_what_a_tab_says_it_has_brings_no_row_of_anybody_else():
    on_duty("kofi")
    tab = Tab(signed_in("priya"))
    for strange in ("x", "." * 5000, "<b>"):
        assert 'data-name="Kofi Whitlock"' in tab._get(strange)


@pytest.mark.seeds(3, 8)
def test_rows_that_are_kept_are_rows_drawn_anew(seed):
    """Random changes between looks: of presence, name, skill, units, cases and the time."""
    chance, people = random.Random(seed), [on_duty(name) for name in NAMES]
    for number in range(6):
        escalation(now=after(-60 * number))
    tab = Tab(signed_in("priya"))
    with time_machine.travel(NOW, tick=False) as moment:
        for _ in range(12):
            _change(chance, chance.choice(people), moment)
            tab.look()
            assert tab.board.split() == tab.anew().split()


def _change(chance, user, moment):
    user = User.objects.get(pk=user.id)
    what = chance.choice(("presence", "name", "skill", "units", "claim", "release", "time"))
    case = Escalation.objects.order_by("number")[chance.randrange(6)]
    now = clock.now()
    if what == "presence":
        state = chance.choice(("present", "busy", "away", "offline"))
        Presence.objects.filter(person=user).update(state=state, since=now)
    elif what == "name":
        User.objects.filter(pk=user.pk).update(first_name=f"N{chance.random():.3}")
    elif what == "skill":
        roster.grade(user, {"refunds": chance.randrange(6)})
    elif what == "units":
        units.resize(user, chance.randrange(1, 5))
    elif what == "claim" and case.state == "waiting":
        lifecycle.claim(case, by=viewer_of(user), now=now)
    elif what == "release" and case.state == "held":
        lifecycle.release(case, by=viewer_of(case.held_by), version=case.version, now=now)
    elif what == "time":
        moment.shift(chance.randrange(1, 400))
