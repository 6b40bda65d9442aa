"""One answer: whoever asks whether this person may take this case is told the same."""

import dataclasses
import random
from dataclasses import replace
from math import inf

import pytest

from console.models import User
from console.people.viewers import viewer_of
from escalations import access, eligibility
from escalations.access import Viewer
from escalations.commands import table
from escalations.eligibility import Case, Person
from escalations.lifecycle import approvals
from escalations.live import updates
from escalations.live.seats import Seat
from escalations.live.updates import CaseUpdate
from escalations.models import Escalation, State, Vote, requirements
from escalations.refusals import NotAllowed
from routing import matching
from routing.alerts.audiences import Crowd
from routing.attendance.calendar import OnShift
from routing.floor import candidates, forecast, snapshot
from routing.floor.forecast import Expected, Hand, Waiting
from routing.floor.snapshot import PersonNow, Seen, Standing
from routing.floor.who_can import WhoCan
from routing.matching import Terms
from routing.models import Duty, Presence, Proficiency, Skill, Team
from routing.offers import crew, estimates, matching_input
from routing.transfers import colleagues
from tests.factories import NOW, after, escalation

PAIRS = 10_000
NAMES = ("ama", "bo", "cleo", "dana", "esi", "finn", "gil", "hana")
ROLES = ("reviewer", "reviewer", "reviewer", "supervisor", "admin", "auditor")
SKILLS = ("billing", "privacy")
AT_THE_WISH = Terms(rings=())
DUTY = OnShift(on=True, on_break=False, until=None, back_at=None)


def random_person(chance):
    name, role = chance.choice(NAMES), chance.choice(ROLES)
    return Person(NAMES.index(name) + 1, random_skills(chance), username=name, role=role)


def random_case(chance):
    state = chance.choice(State.values)
    numbers = range(1, len(NAMES) + 1)
    return Case(
        random_skills(chance),
        strict=chance.random() < 0.4,
        assignee=chance.choice((*NAMES, *[""] * 6)),
        wanted_by=chance.choice(("", "", "", "supervisor")),
        excluded=chance.sample(NAMES, chance.choice((0, 0, 1, 3))),
        had_part=frozenset(chance.sample(numbers, chance.choice((0, 0, 1, 3)))),
        kept_apart=frozenset(chance.sample(numbers, chance.choice((0, 0, 1, 3)))),
        whose=tuple(chance.sample(numbers, chance.choice((0, 0, 1, 2)))),
        is_open=state in State.open(),
    )


def random_skills(chance):
    named = chance.sample(SKILLS, chance.choice((0, 1, 1, 2)))
    return {skill: chance.randint(1, 5) for skill in named}


def able(person, case):
    return all(person.skills.get(skill, 0) >= least for skill, least in case.skills.items())


def sees(person, case):
    """Design in plain words: all for who watches; own skills, own history, own name for others."""
    named = case.is_open and case.assignee == person.username
    return person.role != "reviewer" or named or person.id in case.whose or able(person, case)


def holds(person, case):
    leads = person.role in {"supervisor", "admin"}
    return (
        person.role != "auditor"
        and person.username not in case.excluded
        and person.id not in {*case.had_part, *case.kept_apart}
        and (able(person, case) or not case.strict)
        and (leads or not case.wanted_by)
    )


def is_meant(person, case):
    named = case.assignee == person.username and not case.strict
    return (able(person, case) or named) and holds(person, case)


def fields(one):
    return {field.name: getattr(one, field.name) for field in dataclasses.fields(one)}


def on_a_socket(person, case):
    seat = Seat(None, Viewer(**fields(person)), "")
    frames = ({"type": "row"},) * 4
    return seat.may_see(CaseUpdate(1, "esc_1", 1, 1, case, None, None, *frames))


def is_offered(person, case):
    """Whether matching gives it to them, who are alone there with room for everything."""
    there = {"free": 9, "units": 9, "available": True, "on_shift_until_min": inf}
    waits = matching.WaitingCase(id=1, arrived_min=0, due_min=5, **fields(case))
    worker = matching.Worker(**fields(person), **there)
    return bool(matching.match([waits], [worker], 1, AT_THE_WISH).matches)


def is_counted_on(person, case):
    """Whether the half hour ahead has them answer it in time."""
    waits, who_can = Waiting(due=15, **fields(case)), WhoCan([member(person)], NOW)
    made = forecast.forecast(
        [waits], [], [Hand(id=person.id, free=1)], Expected(0), terms=AT_THE_WISH,
        able=lambda one: [taker.id for taker in who_can.at_work(one)],
    )  # fmt: skip
    return made.total.in_time == 1


def is_given(person, case):
    """Whether a supervisor may give it to them, with or without a second thought."""
    stands = Standing(
        **fields(case), number=1, id="esc_1", title="", state="waiting", version=1,
        requirement=1, arrived_at=NOW, respond_by=NOW,
    )  # fmt: skip
    (found,) = candidates.ranked([stands], WhoCan([member(person)], NOW))
    return found


def member(person):
    """Somebody at work with room for everything."""
    return PersonNow(
        **fields(person), first="", initials="", team="", units=5, taken=0, free=5,
        available=True, on_shift_until_min=inf, seen=Seen("present"), duty=DUTY,
    )  # fmt: skip


def test_all_who_ask_agree_on_10_000_pairs():
    chance = random.Random(20_261_122)
    counted = {True: 0, False: 0}
    for _ in range(PAIRS):
        person, case = random_person(chance), random_case(chance)
        why = f"{person} {case}"
        assert eligibility.may_see(person, case) == sees(person, case), why
        assert on_a_socket(person, case) == sees(person, case), why
        reason = eligibility.why_not(person, case)
        assert (reason is None) == holds(person, case), why
        if person.decides:
            meant = is_meant(person, case)
            assert eligibility.may_take(person, case) == meant, why
            assert is_offered(person, case) == meant, why
            assert is_counted_on(person, case) == meant, why
            given = is_given(person, case)
            assert bool(given.barred) == (not holds(person, eligibility.redirected(case))), why
            assert given.fits == meant, why
            counted[meant] += 1
    assert min(counted.values()) > PAIRS / 10


@pytest.mark.parametrize(
    ("person", "case", "code", "to_them"),
    [
        (Person(1, role="auditor"), Case(), "not_allowed", "may read cases but not decide"),
        (Person(1, username="ama"), Case(excluded=["ama"]), "excluded", "The agent asked"),
        (
            Person(1, {"billing": 2}),
            Case({"billing": 3, "privacy": 1}, strict=True),
            "below",
            "This work asks for billing 3 and privacy 1, and is never given below it.",
        ),
        (Person(1), Case(had_part={1}), "same_person", "another person must agree"),
        (Person(1), Case(kept_apart={1}), "same_group", "of different teams or roles"),
        (Person(1), Case(wanted_by="supervisor"), "for_supervisors", "supervisors take it"),
    ],
)
def test_every_no_has_its_reason_in_a_sentence(person, case, code, to_them):
    reason = eligibility.why_not(person, case)
    assert (reason.code, eligibility.bar(person, case)) == (code, code)
    assert to_them in reason.to_them
    assert reason.of_them


def test_what_somebody_lacks_is_said_by_skill():
    person = Person(1, {"billing": 2})
    assert eligibility.lack(person, {"billing": 2}) == ""
    assert eligibility.lack(person, {"billing": 4}) == "Billing 2, two below what is needed"
    assert eligibility.lack(person, {"privacy": 1, "billing": 2}) == "No privacy, 1 is needed"


# --- those who ask the database


@pytest.fixture
def world(db):
    """Eight people, all there and in a team whose leads are offered work too, before sixty cases."""
    chance = random.Random(7)
    team = Team.objects.create(name="Service", offers_leads=True)
    skills = {name: Skill.objects.get_or_create(name=name)[0] for name in SKILLS}
    grades = {name: random_skills(chance) for name in NAMES}
    users = User.objects.bulk_create(
        User(username=name, first_name=name.title(), role=role)
        for name, role in zip(NAMES, (*ROLES, "reviewer", "reviewer"), strict=True)
    )
    Proficiency.objects.bulk_create(
        Proficiency(person=user, skill=skills[skill], grade=grade)
        for user in users
        for skill, grade in grades[user.username].items()
    )
    Duty.objects.bulk_create(Duty(person=user, team=team) for user in users)
    Presence.objects.bulk_create(
        Presence(person=user, state="present", since=NOW, seen_at=NOW) for user in users
    )
    first = escalation()
    plain = {field.attname: getattr(first, field.attname) for field in Escalation._meta.fields}
    cases = Escalation.objects.bulk_create(
        Escalation(**plain | {"number": 1000 + n, "id": f"esc_{n}", "idempotency_key": None})
        for n in range(60)
    )
    for case in cases:
        _place(case, users, chance)
    # What chance may leave out: over, it asks for nobody by name; with others it still does.
    for case, state in zip(cases, ("decided", "held"), strict=False):
        _empty(case, state, asks_for="bo", of=users[0])
    names = ("state", "requirement_id", "strict", "assignee", "wanted_by", "excluded", "approvals")
    holders = ("held_by_id", "offered_to_id", "decided_by_id", "lease_until", "offer_until")
    Escalation.objects.bulk_update(cases, [*names, *holders, "snoozed_at", "snoozed_until"])
    Vote.objects.bulk_create(
        Vote(
            escalation=case,
            package_version=case.package_version + late,
            person=user,
            verdict="approve",
            voted_at=NOW,
            void_at=void,
        )
        for case in cases
        if case.approvals > 1
        for user, (late, void) in zip(
            chance.sample(users, 3), ((0, None), (-1, None), (0, NOW)), strict=True
        )
    )
    Escalation.objects.filter(pk=first.pk).update(state="cancelled")
    found = Escalation.objects.select_related("requirement").filter(pk__gte=1000)
    return [viewer_of(user) for user in users], list(found.order_by("pk"))


def _place(case, users, chance):
    wished = random_case(chance)
    case.requirement_id = requirements.id_for(wished.skills)
    case.strict, case.assignee = wished.strict, wished.assignee
    case.wanted_by, case.excluded = wished.wanted_by, list(wished.excluded)
    case.state = chance.choice((*["waiting"] * 2, "held", "offered", "snoozed", *["decided"] * 2))
    case.approvals = chance.choice((1, 1, 2))
    person = chance.choice(users)
    if case.state == "held":
        case.held_by, case.lease_until = person, after(60)
    elif case.state == "offered":
        case.offered_to, case.offer_until = person, after(60)
    elif case.state == "snoozed":
        case.snoozed_at, case.snoozed_until = NOW, after(600)
    elif case.state == "decided":
        case.decided_by = person


def _empty(case, state, *, asks_for, of):
    case.requirement_id, case.assignee, case.state = (
        requirements.id_for({"law": 5}),
        asks_for,
        state,
    )
    case.held_by = case.offered_to = case.decided_by = case.lease_until = None
    if state == "held":
        case.held_by, case.lease_until = of, after(60)
    else:
        case.decided_by = of


def told(case):
    """The case in the words of the answer, put together by hand."""
    theirs = {case.held_by_id, case.offered_to_id, case.decided_by_id} - {None}
    voted = case.votes.filter(void_at=None, package_version=case.package_version)
    return Case(
        case.requirement.skills, strict=case.strict, assignee=case.assignee,
        wanted_by=case.wanted_by, excluded=case.excluded, whose=theirs,
        is_open=case.state in State.open(),
        had_part={vote.person_id for vote in voted} if case.approvals > 1 else (),
    )  # fmt: skip


def test_lists_sockets_and_the_door_show_the_same(world):
    viewers, cases = world
    changes = {change.number: change for change in updates.read([case.pk for case in cases])}
    for viewer in viewers:
        seen = {case.pk for case in cases if sees(viewer, told(case))}
        ids = access.requirements_for(viewer)
        found = Escalation.objects.visible_to(viewer.id, viewer.username, ids).filter(pk__gte=1000)
        assert set(found.values_list("pk", flat=True)) == seen
        assert {case.pk for case in cases if access.may_see(viewer, case)} == seen
        seat = Seat(None, viewer, "")
        assert {pk for pk, change in changes.items() if seat.may_see(change)} == seen
        free = {case.pk for case in cases if case.state == "waiting"}
        asked = viewer.username
        assert set(Escalation.objects.queue(ids, asked=asked, limit=99)) == seen & free
        others = Escalation.objects.with_others(viewer.id)
        theirs = set(others.within(ids, asked=asked).values_list("pk", flat=True))
        assert theirs == seen & set(others.values_list("pk", flat=True))
        lent = {
            c.id for c in cases if c.state != "decided" and eligibility.is_lent(viewer, told(c))
        }
        assert Escalation.objects.lent_to(viewer.id, asked) == lent


def test_claiming_passing_on_and_reassigning_refuse_the_same(world, monkeypatch):
    viewers, cases = world
    monkeypatch.setattr(colleagues, "SHOWN_MAX", 99)
    members = snapshot.members(NOW, {}, {one.id: Seen("present") for one in viewers})
    standings = {one.number: one for one in snapshot.standings([case.pk for case in cases])}
    who_can = WhoCan(members, NOW)
    outside = Viewer(0, username="outside", role="supervisor")
    for case in cases:
        asked = told(case)
        if not asked.is_open:
            continue
        may = {one.id for one in viewers if holds(one, asked)}
        assert {one.id for one in viewers if _is_let(approvals.require_eligible, case, one)} == may
        if case.state == "waiting":
            offered = {one.id for one in viewers if "claim" in table.open_to(one, case)}
            assert offered == may
        to = eligibility.redirected(asked)
        may = {one.id for one in viewers if holds(one, to)}
        assert {one.id for one in viewers if _is_let(approvals.require_able, case, one)} == may
        whom = {one.username for one in colleagues.whom(case, outside, now=NOW)}
        assert whom == {one.username for one in viewers if one.id in may}
        given = candidates.ranked([standings[case.pk]], who_can)
        barred = {one.member.id for one in given if one.barred and "already" not in one.barred}
        has = {case.held_by_id, case.offered_to_id}
        deciding = {one.id for one in viewers if one.decides}
        assert barred == deciding - may - has


def _is_let(rule, case, viewer):
    try:
        rule(case, viewer)
        return True
    except NotAllowed:
        return False


def test_offers_alerts_skills_and_the_wait_are_for_the_same(world):
    viewers, cases = world
    seen = matching_input.only([case.pk for case in cases], NOW)
    waiting, crowd = {case.id: case for case in seen.cases}, Crowd(NOW)
    estimates.forget()
    for case in cases:
        asked = told(case)
        meant = {one.id for one in viewers if is_meant(one, asked)}
        if case.state == "waiting":
            still = [replace(one, at_work=0) for one in seen.people]
            plans = [
                matching.match([waiting[case.pk]], [one], seen.now, AT_THE_WISH) for one in still
            ]
            assert {match.person for plan in plans for match in plan.matches} == meant
        audience, people = crowd.told("eligible", case)
        leads = {one.id for one in viewers if one.role == "supervisor"}
        if asked.is_open:
            assert (audience == "eligible") == bool(meant)
            assert not meant or {one.id for one in people} == meant | leads
            assert set(crew.who_may_take(access.case_to_take(case))) == meant
        only = Case(asked.skills)
        outlook = estimates.outlook(
            task_type="refund", skills=asked.skills, units=1, level=2, ahead=0, now=NOW
        )
        assert outlook.on_shift == sum(is_meant(one, only) for one in viewers)


def test_the_floor_is_told_all_that_the_answer_asks(world):
    viewers, cases = world
    free = {case.pk: case for case in cases if case.state == "waiting"}
    waiting = snapshot.now(NOW).waiting
    assert {one.number for one in waiting} == set(free)
    for waits in waiting:
        meant = [eligibility.may_take(one, told(free[waits.number])) for one in viewers]
        assert [eligibility.may_take(one, waits) for one in viewers] == meant


def test_a_case_that_is_redirected_is_nobodys_by_name():
    case = Case(assignee="ama", wanted_by="supervisor", excluded=["bo"])
    assert eligibility.redirected(case) == replace(case, assignee="", wanted_by="")


def test_who_takes_nothing_is_told_why():
    here = eligibility.Taker(1, free=1, units=2, available=True, on_shift_until_min=10)
    assert eligibility.why_takes_nothing(here, 5) == ""
    assert eligibility.why_takes_nothing(here, 10) == "You are not on shift."
    gone = replace(here, available=False, instead="on a break")
    assert eligibility.why_takes_nothing(gone, 5) == "You are on a break."
    assert eligibility.room(replace(here, limits={"refund": 0}), "refund") == 0
