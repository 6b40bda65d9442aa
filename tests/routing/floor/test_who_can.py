"""One answer to who can take a case: row, button, queue, head, forecast and dialog agree."""

import random
import re

import pytest

from console.models import User
from escalations import eligibility, lifecycle
from escalations.models import Escalation, State, Vote, requirements
from routing import matching
from routing.floor import boards, history
from routing.matching import Terms
from routing.models import Duty, Presence, Shift, Team, Unit, WorkLimit
from routing.offers import explanations, matching_input, profiles
from routing.people import units
from routing.transfers import reassign_dialog
from tests.factories import NOW, after, escalation, key, viewer
from tests.routing.floor.given import on_duty
from tests.routing.floor.test_boards import case as due
from tests.routing.floor.test_boards import said

pytestmark = pytest.mark.django_db

SKILLS = ("refunds", "privacy", "fraud")
ROLES = ("reviewer", "reviewer", "reviewer", "reviewer", "supervisor", "admin")
STATES = ("present", "present", "present", "busy", "away", "offline")
SPANS = (None, None, None, ("06:00", "13:00"), ("08:00", "18:00"))


@pytest.fixture(autouse=True)
def _nothing_remembered():
    history.forget()
    yield
    history.forget()


def roster(chance):
    """Nine people of any skill, role, team, shift, presence, capacity and limit."""
    push = Team.objects.create(name="Push")
    pull = Team.objects.create(name="Pull", mode=Team.Mode.PULL)
    found = []
    for n in range(9):
        skills = {
            name: chance.randint(1, 5) for name in chance.sample(SKILLS, chance.randint(0, 3))
        }
        who = viewer(f"person{n}", chance.choice(ROLES), **skills)
        Duty.objects.create(person_id=who.user_id, team=chance.choice((push, push, pull, None)))
        Presence.objects.create(
            person_id=who.user_id,
            state=chance.choice(STATES),
            since=NOW,
            seen_at=NOW,
            draining=chance.random() < 0.1,
        )
        units.resize(User.objects.get(pk=who.user_id), chance.randint(1, 3))
        if span := chance.choice(SPANS):
            starts, ends = span
            Shift.objects.create(person_id=who.user_id, weekday=3, starts=starts, ends=ends)
        if chance.random() < 0.2:
            WorkLimit.objects.create(person_id=who.user_id, task_type="refund", units=1)
        found.append(who)
    return found


def queue(chance, people):
    mira = key()
    for n in range(14):
        made = escalation(by=mira, now=NOW, summary=f"Case {n}")
        wished = {
            name: chance.randint(1, 5) for name in chance.sample(SKILLS, chance.randint(0, 2))
        }
        Escalation.objects.filter(pk=made.pk).update(
            requirement=requirements.id_for(wished),
            respond_by=after(chance.choice((-600, -60, 100, 3000))),
            strict=chance.random() < 0.3,
            units=chance.choice((1, 1, 2)),
            assignee=chance.choice(("", "", "", chance.choice(people).username)),
            wanted_by=chance.choice(("", "", "", "supervisor")),
            excluded=[one.username for one in chance.sample(people, chance.choice((0, 0, 2)))],
            approvals=2 if n % 5 == 0 else 1,
        )
        if n % 5 == 0:
            Vote.objects.create(
                escalation=made, package_version=1, person_id=chance.choice(people).user_id,
                verdict="approve", voted_at=after(-600),
            )  # fmt: skip
    # Not touched for a while: who is at work just now is interrupted by nobody.
    for who in people[:4]:
        made = escalation(by=mira, now=after(-600))
        if Unit.objects.filter(person=who.user_id, escalation=None).exists():
            lifecycle.claim(made, by=who, now=after(-600))


@pytest.mark.seeds(8, 24)
def test_everything_on_the_floor_agrees_with_what_routing_does(seed):
    chance = random.Random(seed)
    people = roster(chance)
    queue(chance, people)
    profiles.forget()
    board = boards.board(NOW, person=0)
    seen = matching_input.only(
        list(Escalation.objects.waiting().values_list("number", flat=True)), NOW
    )
    offered = {one.id: one for one in seen.people}
    lines = {line.queue.requirement: line for line in board.queues}
    free_of, fits_of = {}, {}
    for case in Escalation.objects.waiting():
        dialog = reassign_dialog.ask([case.id], now=NOW)
        fits = {one.member.id for one in dialog.people if one.fits}
        free_of.setdefault(case.requirement_id, set()).update(fits)
        fits_of.setdefault(case.requirement_id, []).append(fits)
        # What routing is told of this case and these people is answered by the same rule.
        told = next((one for one in seen.cases if one.id == case.number), None)
        if told is not None:
            by_rule = {
                one.id
                for one in offered.values()
                if eligibility.why_not_now(one, told, seen.now) == ""
            }
            assert fits & set(offered) == by_rule
            given = matching.match(
                [told], list(offered.values()), seen.now, Terms(rings=())
            ).matches
            assert bool(given) == bool(by_rule)
        row = next((one for one in board.late if one.case.number == case.number), None)
        if row is None:
            continue
        assert row.best is None or row.best.id in fits
        assert ("can take it now" in row.why) == bool(fits)
        assert not ("nobody" in row.why.lower() and fits)
        _agrees(explanations.why_nobody(case.number, NOW), row.why, fits - set(offered))
    # Whoever a queue counts as free for all is one of those who "can take work now".
    able = {one.id for line in board.queues for one in line.takers}
    named = {one.id for line in board.queues for one in line.takers if one.stands_by}
    assert board.can_take >= len(able - named)
    for requirement, line in lines.items():
        assert line.free == len(free_of[requirement]), line.name
        assert line.able >= line.free
        assert line.beyond == sum(not fits for fits in fits_of[requirement])
        assert (line.mood == "danger") == (not free_of[requirement])
    strong = " ".join(fact.strong for fact in board.facts)
    for line in lines.values():
        needed = " and ".join(f"{skill} {n}" for skill, n in sorted(line.queue.skills.items()))
        what = f"what needs {needed}" if needed else "what needs no skill"
        assert f"Nobody with room can take {what}." not in strong or not line.free
        assert f"Only 1 person with room can take {what}." not in strong or line.free == 1


def _agrees(page, floor, from_the_list):
    """The page of the case says of the same people that they can take it, or could, as the floor;
    who refused it is told of as that."""
    page, floor = page.lower(), floor.lower()
    both = f"{page} / {floor}"
    refused = "had or declined it" in page
    if "can take it from the list" in page:
        assert from_the_list, both
    if "nobody who takes offers has it" in page or "nobody else" in page:
        assert refused or not re.search("can take it|could take it", floor), both
    if found := re.search(r"(\d+ |)could take it and (is|are) (.*?)[.;]", page):
        assert found[0].rstrip(".;").split(" could")[1] in floor, both
        assert found[1] in floor, both
    if "only who leads can take it" in page:
        assert "only who leads can take it" in floor, both
    if "could take it and" in floor and "full" not in floor and "no room" not in floor:
        # Whom a wider ring reaches may be asked, though the skill is not theirs.
        either = "could take it and|may be asked|is free|still wait|kept"
        assert refused or re.search(either, page), both


def test_what_is_suggested_above_is_not_suggested_again():
    """Thirty rows said "Give to Kofi", who had room for two."""
    who = viewer("kofi", refunds=3)
    Duty.objects.create(person_id=who.user_id, team=Team.objects.create(name="Service"))
    Presence.objects.create(person_id=who.user_id, state="present", since=NOW, seen_at=NOW)
    units.resize(User.objects.get(pk=who.user_id), 2)
    mira = key()
    for _ in range(5):
        made = escalation(by=mira, now=NOW)
        Escalation.objects.filter(pk=made.pk).update(respond_by=after(-60))
    assert [bool(one.best) for one in boards.board(NOW, person=0).late] == [True] * 2 + [False] * 3


@pytest.mark.parametrize("seed", range(10))
def test_the_forecast_counts_every_open_case_and_is_never_calm_about_one_that_is_over(seed):
    chance = random.Random(seed)
    people = roster(chance)
    queue(chance, people)
    Escalation.objects.filter(pk=Escalation.objects.waiting().first().pk).update(
        state="snoozed", snoozed_at=NOW, snoozed_until=after(600)
    )
    outlook = boards.board(NOW, person=0).outlook
    assert (
        outlook.total.whole + outlook.snoozed + outlook.further
        == Escalation.objects.filter(state__in=State.open()).count()
    )
    assert sum(one.fate.whole for one in outlook.queues) == outlook.total.whole
    assert (
        outlook.over
        == Escalation.objects.exclude(state="snoozed").filter(respond_by__lt=NOW).count()
    )
    assert outlook.sentence.startswith(f"{outlook.over} case")
    assert outlook.total.late + outlook.total.nobody >= outlook.over
    assert "All " not in outlook.sentence


def test_who_only_stands_by_is_not_counted_as_taking_work():
    """The head of *People* said 2 could, and the queue below it 1 of 1."""
    push = Team.objects.create(name="Service")
    for name, role in (("kofi", "reviewer"), ("priya", "supervisor")):
        who = viewer(name, role)
        Duty.objects.create(person_id=who.user_id, team=push)
        Presence.objects.create(person_id=who.user_id, state="present", since=NOW, seen_at=NOW)
    escalation(now=NOW)
    found = boards.board(NOW, person=0)
    assert (found.on_shift, found.can_take) == (2, 1)
    assert [(line.free, line.able) for line in found.queues] == [(1, 1)]


# --- what nobody at work can take, and the reason


def approved(voter, **columns):
    """A case that waits for a second person, which this one has approved."""
    made = due(3000, skills={"payments": 3}, approvals=2, **columns)
    Escalation.objects.filter(pk=made.pk).update(state="second")
    Vote.objects.create(
        escalation=made, package_version=1, person_id=voter.user_id,
        verdict="approve", voted_at=after(-60),
    )  # fmt: skip
    return made


def told():
    found = boards.board(NOW, person=0, show="all")
    return found, {row.why for row in found.late}


def test_a_second_person_is_asked_for_where_one_has_the_skill():
    """ "Nobody at work can take what needs payments 3" stood there, and Tomasz has payments 5."""
    tomasz, mira = on_duty("tomasz", payments=5), key()
    for _ in range(2):
        approved(tomasz, by=mira)
    found, why = told()
    reason = "Tomasz has had their part"
    assert found.outlook.act.text == (
        f"Nobody at work can take 2 cases that wait and need payments 3: {reason}."
    )
    assert why == {f"Waits for a second person; nobody here may take it: {reason}"}
    assert said(found)[1] == (
        "Nobody with room can take what waits and needs payments 3. "
        "2 wait; whoever has room for more is kept from them."
    )


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"excluded": ["kofi", "ama"]}, "2 are not to decide it, as the agent asked"),
        ({"units": 9}, "2 cannot hold 9 units at once"),
        ({"units": 9, "excluded": ["ama"]}, None),
    ],
)
def test_what_keeps_it_from_whoever_has_the_skill_is_the_reason(columns, reason):
    on_duty("kofi", payments=3), on_duty("ama", payments=4)
    due(3000, skills={"payments": 3}, **columns)
    reason = reason or (
        "Ama is not to decide it, as the agent asked and Kofi cannot hold 9 units at once"
    )
    found, why = told()
    assert found.outlook.act.text == (
        f"Nobody at work can take 1 case that waits and needs payments 3: {reason}."
    )
    assert why == {f"Nobody here may take it: {reason}"}


def test_a_skill_is_not_said_to_be_missing_where_only_who_leads_can_take_it():
    """ "Nobody with room can take what needs payments 3" stood above Tomasz with payments 3 and
    room for three."""
    tomasz = on_duty("tomasz", payments=3)
    on_duty("priya", "supervisor", team=None, payments=4)
    approved(tomasz)
    found, _ = told()
    assert said(found)[1] == (
        "Nobody with room can take what waits and needs payments 3. "
        "1 waits; only who leads can take 1 of them."
    )


def test_a_skill_is_missing_only_where_nobody_who_is_signed_in_has_it():
    on_duty("kofi", payments=2)
    gone = on_duty("ama", payments=4)
    Presence.objects.filter(person=gone.user_id).update(state="offline")
    due(3000, skills={"payments": 3})
    found, why = told()
    assert (
        found.outlook.act.text
        == "Nobody at work can take what needs payments 3; 1 case waits for it."
    )
    assert why == {"Needs payments 3; nobody here has it"}
    assert said(found)[1] == "Nobody with room can take what needs payments 3. 1 waits."
