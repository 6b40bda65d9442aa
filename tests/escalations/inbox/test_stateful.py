"""A list that is kept from frames alone stands as it does when it is loaded again."""

import json
import random
import re
from datetime import timedelta

import pytest

from console.models import User
from escalations import lifecycle
from escalations.inbox import groups, lists
from escalations.inbox.lists import QueueFilter
from escalations.live import seats, updates
from escalations.models import Escalation
from escalations.refusals import Refused
from routing.people import units
from tests.escalations.inbox.test_lists import listed
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import after, escalation, viewer

pytestmark = pytest.mark.django_db


class Page:
    """The list of one tab as the script of the page keeps it, from frames alone."""

    def __init__(self, person, tab):
        self.tab, self.me = tab, str(person.user_id)
        self.rows = {}

    def hear(self, frame):
        """A row of this list is put in its place; of another, or gone, it is taken away."""
        if frame["type"] == "row" and frame["tab"] == self.tab:
            self.rows[frame["escalation"]] = frame["html"]
        else:
            self.rows.pop(frame["escalation"], None)

    def _place(self, html, soon):
        """As `static/js/desk/order.js` has it: the part of the list, and the place in it."""
        said = {name: re.search(f'data-{name}="([^"]*)"', html)[1] for name in PLACED}
        rank, part = int(said["rank"]), "all"
        if self.tab == "mine":
            rank = min(rank, 0) if said["state"] == "offered" else rank
            part = "now" if rank <= soon else "next"
            is_free = said["state"] in {"waiting", "second"}
            part = "others" if is_free and self.me in said["parts"].split() else part
        return PARTS.index(part), rank, int(said["number"])

    def parts(self, now):
        """The cases under each head."""
        soon = int((now + groups.SOON).timestamp() * 1_000_000)
        placed = sorted((self._place(html, soon), name) for name, html in self.rows.items())
        return {part: [name for place, name in placed if PARTS[place[0]] == part] for part in PARTS}


PARTS = ("all", "now", "next", "others")
PLACED = ("state", "rank", "number", "parts")
TURNS = 200


def some_move(chance, people, at):
    """One of what happens to a case, chosen by chance; that it is refused is no move."""
    who = chance.choice(people)
    cases = list(Escalation.objects.select_related("requirement").order_by("number"))
    if len(cases) < 6 or chance.random() < 0.15:
        # Many are due at the same time, as what comes from one batch is.
        due = chance.choice(["2026-11-19T14:20:00Z", "2026-11-19T15:00:00Z"])
        needed = {"approvals_needed": chance.choice([1, 2])}
        return escalation(deadlines={"respond_by": due}, requested=needed, now=at)
    case = chance.choice(cases)
    moves = {
        "offer": lambda: lifecycle.offer(case, to=who, until=after(9_000), now=at),
        "claim": lambda: lifecycle.claim(case, by=who, now=at),
        "release": lambda: lifecycle.release(case, by=who, version=case.version, now=at),
        "decline": lambda: lifecycle.decline(case, by=who, reason="busy", now=at),
        "snooze": lambda: lifecycle.snooze(
            case, by=who, version=case.version, until=at + timedelta(hours=1), now=at
        ),
        "pass": lambda: lifecycle.pass_on(case, by=who, version=case.version, now=at),
        "decide": lambda: decide(case, who, now=at),
    }
    try:
        return moves[chance.choice(list(moves))]()
    except Refused:
        return None


@pytest.mark.parametrize("seed", [1, 2])
def test_live_order_is_that_of_a_reload_all_through_a_long_story(seed):
    chance = random.Random(seed)
    people = [viewer("dana"), viewer("amara"), viewer("ruth", "supervisor")]
    for person in people:
        units.provide(User.objects.get(pk=person.user_id), 50)
    seated = [
        (person, seats.Seat(None, person, ""), [Page(person, tab) for tab in LIVE])
        for person in people
    ]
    seen = set()
    for turn in range(TURNS):
        moved = some_move(chance, people, after(turn))
        if moved is None:
            continue
        (change,) = updates.read([moved.number])
        for person, seat, pages in seated:
            frame = seat.frame_for(change)
            for page in pages:
                if frame is not None:
                    page.hear(json.loads(frame["text"]))
                wanted = QueueFilter(tab=page.tab)
                fresh = groups.of(lists.page(person, wanted), wanted, now=after(turn))
                shown = {part.name: listed(part) for part in fresh if part.rows}
                live = {name: found for name, found in page.parts(after(turn)).items() if found}
                assert shown == live, (turn, page.tab)
                seen |= set(live)
    assert seen == set(PARTS)


LIVE = ("mine", "team", "snoozed")
