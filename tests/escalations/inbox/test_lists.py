"""Who sees what, in which order, and with how many statements."""

import json
import re
from dataclasses import replace

import pytest
from django.db import connection

from console.models import User
from escalations import access, lifecycle
from escalations.inbox import lists, place
from escalations.inbox.lists import QueueFilter
from escalations.live import seats, updates
from escalations.models import Escalation, Requirement, querysets
from escalations.refusals import Invalid
from routing.people import units
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import NOW, after, escalation, key, viewer

pytestmark = pytest.mark.django_db

SMOKE = {"type": "emergency", "reason": "Smoke comes from the machine."}


def listed(page):
    return [re.search(r'data-escalation="([^"]+)"', row)[1] for row in page.rows]


def needing(case, **skills):
    requirement, _ = Requirement.objects.get_or_create(
        key="+".join(skills), defaults={"skills": skills}
    )
    Escalation.objects.filter(pk=case.pk).update(requirement=requirement)
    return case


def test_mine_is_what_is_free_for_me_and_what_i_hold():
    dana, amara = viewer("dana", refunds=3), viewer("amara")
    free = needing(escalation(), refunds=3)
    needing(escalation(), payments=1)
    held = lifecycle.claim(escalation(), by=dana, now=NOW)
    taken = lifecycle.claim(escalation(), by=amara, now=NOW)
    assert listed(lists.page(dana, QueueFilter())) == [free.id, held.id]
    assert listed(lists.page(dana, QueueFilter(tab="team"))) == [taken.id]
    assert lists.inbox(dana, QueueFilter()).counts == {"mine": 2, "team": 1, "snoozed": 0}


def test_supervisor_sees_every_case():
    case = needing(escalation(), payments=5)
    assert listed(lists.page(viewer("ruth", "supervisor"), QueueFilter())) == [case.id]


def test_alerts_come_first_then_the_soonest():
    late = escalation(deadlines={"respond_by": "2026-11-19T18:00:00Z"})
    soon = escalation(deadlines={"respond_by": "2026-11-19T14:30:00Z"})
    alert = escalation(trigger=SMOKE)
    assert alert.level == 4
    assert listed(lists.page(viewer(), QueueFilter())) == [alert.id, soon.id, late.id]


def test_keyset_pages_give_every_case_once(monkeypatch):
    monkeypatch.setattr(lists, "PAGE", 2)
    cases = {escalation().id for _ in range(5)}
    dana, seen, after_key = viewer(), [], ""
    while True:
        page = lists.page(dana, QueueFilter(after=after_key))
        seen += listed(page)
        after_key = page.next
        if not after_key:
            break
    assert len(seen) == 5
    assert set(seen) == cases


def test_wrong_page_key_is_refused():
    with pytest.raises(Invalid):
        lists.page(viewer(), QueueFilter(after="yesterday"))


def test_search_finds_number_name_and_word():
    dana, case = viewer(), escalation()
    escalation(summary="Cancel the order", context={"customer": {"name": "Yusuf Demir"}})
    for words in (f"BTN-{case.number}", str(case.number), "carvalho", "grinder", case.id):
        assert listed(lists.page(dana, QueueFilter(search=words))) == [case.id]
    assert listed(lists.page(dana, QueueFilter(search="nothing like it"))) == []


def test_done_is_own_history_for_reviewers_and_all_for_supervisors():
    dana, amara = viewer("dana"), viewer("amara")
    first = decide(escalation(), dana)
    second = decide(escalation(), amara, now=after(5))
    assert listed(lists.page(dana, QueueFilter(tab="done"))) == [first.id]
    ruth = viewer("ruth", "supervisor")
    assert listed(lists.page(ruth, QueueFilter(tab="done"))) == [second.id, first.id]


@pytest.mark.parametrize("size", [1, 3])
def test_statements_are_constant(size, django_assert_num_queries):
    dana, mira = viewer("dana", refunds=3), key()
    for _ in range(size):
        needing(escalation(by=mira), refunds=3)
        escalation(by=mira)
    with django_assert_num_queries(4):  # requirements, keys, rows not drawn yet, counts
        lists.inbox(dana, QueueFilter())
    with django_assert_num_queries(3):
        lists.inbox(dana, QueueFilter())


def test_what_is_offered_to_me_stands_first_and_what_is_offered_to_others_with_the_team():
    dana, kofi = viewer("dana"), viewer("kofi", gold=5)
    soon = escalation(deadlines={"respond_by": "2026-11-19T14:30:00Z"})
    mine = offered(needing(escalation(), gold=5), dana)
    theirs = offered(escalation(), kofi)
    hidden = offered(needing(escalation(), gold=5), kofi)
    assert listed(lists.page(dana, QueueFilter())) == [mine.id, soon.id]
    assert listed(lists.page(dana, QueueFilter(tab="team"))) == [theirs.id]
    assert lists.inbox(dana, QueueFilter()).counts == {"mine": 2, "team": 1, "snoozed": 0}
    assert listed(lists.page(kofi, QueueFilter())) == [theirs.id, hidden.id, soon.id]
    assert lists.inbox(kofi, QueueFilter()).counts == {"mine": 3, "team": 1, "snoozed": 0}


def test_offers_stand_on_the_first_page_only(monkeypatch):
    monkeypatch.setattr(lists, "PAGE", 2)
    dana, last = viewer(), "2026-11-19T19:00:00Z"
    free = [escalation().id for _ in range(3)]
    mine = offered(escalation(deadlines={"respond_by": last}), dana)
    first = lists.page(dana, QueueFilter())
    assert listed(first) == [mine.id, free[0]]
    assert listed(lists.page(dana, QueueFilter(after=first.next))) == free[1:]


def test_an_alert_stands_above_what_is_offered_to_me(monkeypatch):
    """Level 4 is always first: on the list, filtered or not, over pages, and in Take next."""
    monkeypatch.setattr(lists, "PAGE", 2)
    dana = viewer()
    free = [escalation().id for _ in range(2)]
    mine = offered(escalation(), dana)
    alerts = [escalation(trigger=SMOKE).id for _ in range(3)]
    assert over_pages(dana, QueueFilter()) == [*alerts, mine.id, *free]
    assert over_pages(dana, QueueFilter(task_type="refund")) == [*alerts, mine.id, *free]
    urgent = offered(Escalation.objects.get(id=alerts[2]), dana)
    assert over_pages(dana, QueueFilter()) == [*alerts, mine.id, *free]
    said = place.sentence(Escalation.objects.get(pk=urgent.pk), dana)
    assert said.startswith("2 before it; alerts come first")


def over_pages(person, wanted):
    page = lists.page(person, wanted)
    rest = over_pages(person, replace(wanted, after=page.next)) if page.next else []
    return [*listed(page), *rest]


def test_snoozed_are_my_own_and_for_supervisors_all():
    dana, kofi, ruth = viewer("dana"), viewer("kofi"), viewer("ruth", "supervisor")
    late = snoozed(escalation(), dana, 7200)
    soon = snoozed(needing(escalation(), gold=5), dana, 3600)
    other = snoozed(escalation(), kofi, 1800)
    for person, wanted in ((dana, [soon, late]), (kofi, [other]), (ruth, [other, soon, late])):
        assert listed(lists.page(person, QueueFilter(tab="snoozed"))) == [
            case.id for case in wanted
        ]
        assert lists.inbox(person, QueueFilter()).counts["snoozed"] == len(wanted)
        assert listed(lists.page(person, QueueFilter())) == []


def test_snoozed_pages_give_every_case_once(monkeypatch):
    monkeypatch.setattr(lists, "PAGE", 2)
    dana = viewer()
    cases = [snoozed(escalation(), dana, 3600) for _ in range(3)]
    first = lists.page(dana, QueueFilter(tab="snoozed"))
    second = lists.page(dana, QueueFilter(tab="snoozed", after=first.next))
    assert listed(first) + listed(second) == [case.id for case in cases]


def test_search_finds_what_is_offered_to_me_and_what_comes_back_to_me():
    dana = viewer()
    offer = offered(needing(escalation(), gold=5), dana)
    back = snoozed(needing(escalation(), gold=5), dana, 3600)
    needing(escalation(), gold=5)
    assert listed(lists.page(dana, QueueFilter(search="grinder"))) == [back.id, offer.id]


def test_rows_say_to_whom_a_case_is_offered_and_until_when_it_is_snoozed():
    dana = viewer()
    offered(escalation(), viewer("kofi"))
    snoozed(escalation(), dana, 1800)
    (row,) = lists.page(dana, QueueFilter(tab="team")).rows
    assert "for Kofi to accept, " in row
    assert 'data-until="2026-11-19T14:00:45+00:00"' in row
    (row,) = lists.page(dana, QueueFilter(tab="snoozed")).rows
    assert re.search(r"snoozed until <baton-time><time [^>]*>14:30<", row)


def test_what_asks_for_me_by_name_is_mine_whatever_my_skills(monkeypatch):
    monkeypatch.setattr(lists, "PAGE", 2)
    dana, kofi, ruth = viewer("dana"), viewer("kofi", gold=5), viewer("ruth", "supervisor")
    late, soon = escalation(), {"respond_by": "2026-11-19T14:30:00Z"}
    named = passed_on(needing(escalation(deadlines=soon), gold=5), by=kofi, to=dana)
    able = passed_on(escalation(deadlines=soon), by=kofi, to=dana)
    needing(escalation(), gold=5)
    first = lists.page(dana, QueueFilter())
    assert listed(first) == [named.id, able.id]
    assert listed(lists.page(dana, QueueFilter(after=first.next))) == [late.id]
    assert listed(lists.page(dana, QueueFilter(task_type="refund"))) == [named.id, able.id]
    assert listed(lists.page(dana, QueueFilter(search=f"BTN-{named.number}"))) == [named.id]
    assert lists.inbox(dana, QueueFilter()).counts == {"mine": 3, "team": 0, "snoozed": 0}
    assert lists.inbox(kofi, QueueFilter()).counts == {"mine": 4, "team": 0, "snoozed": 0}
    assert lists.inbox(ruth, QueueFilter()).counts == {"mine": 4, "team": 0, "snoozed": 0}


def test_what_asks_for_me_and_somebody_else_holds_stands_with_the_team():
    dana, kofi = viewer("dana"), viewer("kofi", gold=5)
    case = passed_on(needing(escalation(), gold=5), by=kofi, to=dana)
    lifecycle.claim(case, by=kofi, now=NOW)
    assert listed(lists.page(dana, QueueFilter(tab="team"))) == [case.id]
    assert lists.inbox(dana, QueueFilter()).counts == {"mine": 0, "team": 1, "snoozed": 0}


def test_statements_stay_the_same_with_cases_by_name(django_assert_num_queries):
    dana, kofi = viewer("dana"), viewer("kofi", gold=5)
    for _ in range(2):
        passed_on(needing(escalation(), gold=5), by=kofi, to=dana)
    lists.inbox(dana, QueueFilter())
    with django_assert_num_queries(3):
        lists.inbox(dana, QueueFilter())


def test_cases_by_name_are_read_by_their_own_index():
    ours = Escalation.objects.all().db
    read, values = querysets._for_person(ours, [1, 2], "dana", None, 50)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{explain} {read}", values)
        plan = "\n".join(str(row) for row in cursor.fetchall())
    assert "asked_by_name" in plan


def passed_on(case, *, by, to):
    case = Escalation.objects.get(pk=case.pk)
    return lifecycle.pass_on(case, by=by, version=case.version, person=to, text="", now=NOW)


def offered(case, to):
    case = Escalation.objects.get(pk=case.pk)
    return lifecycle.offer(case, to=to, until=after(45), now=NOW)


def snoozed(case, by, seconds):
    case = Escalation.objects.get(pk=case.pk)
    return lifecycle.snooze(case, by=by, version=1, until=after(seconds), now=NOW)


def in_every_state():
    """Cases of which each is seen by somebody else, in every state and of every requirement."""
    dana, amara = viewer("dana", refunds=3), viewer("amara", payments=1)
    people = [dana, amara, viewer("ruth", "supervisor"), viewer("vera", "auditor"), viewer("kofi")]
    for person in (dana, amara, people[-1]):
        units.provide(User.objects.get(pk=person.user_id), 20)
    for skills in ({}, {"refunds": 3}, {"refunds": 4}, {"payments": 1, "refunds": 1}):
        needing(escalation(), **skills)
        for person in (dana, amara):
            offered(needing(escalation(), **skills), person)
            snoozed(needing(escalation(), **skills), person, 600)
            lifecycle.claim(needing(escalation(), **skills), by=person, now=NOW)
            decide(needing(escalation(), **skills), person)
            asking_for(person, skills, by=people[-1], lead=people[2])
    return people


def asking_for(person, skills, *, by, lead):
    """One that waits, one that another person took, one that was reassigned, one answered."""
    _, taken, given, answered = (
        passed_on(needing(escalation(), **skills), by=by, to=person) for _ in range(4)
    )
    lifecycle.claim(taken, by=by, now=NOW)
    lifecycle.reassign(given, by=lead, version=2, to=by, until=after(60), now=NOW)
    decide(answered, by)


def test_queue_query_and_row_predicate_agree():
    people = in_every_state()
    cases = list(Escalation.objects.select_related("requirement").order_by("number"))
    read = dict(zip(cases, updates.read([case.number for case in cases]), strict=True))
    for person in people:
        seat = seats.Seat(None, person, "")
        seen = {case.id for case in cases if access.may_see(person, case)}
        assert {case.id for case in cases if seat.may_see(read[case])} == seen
        sent = {tab: set() for tab in ("mine", "team", "snoozed")}
        for case in cases:
            frame = seat.frame_for(read[case])
            told = json.loads(frame["text"]) if frame else {"type": "gone"}
            if told["type"] == "row":
                sent[told["tab"]].add(case.id)
        for tab, told in sent.items():
            assert set(listed(lists.page(person, QueueFilter(tab=tab)))) == told
        counts = {tab: len(told) for tab, told in sent.items()}
        assert lists.inbox(person, QueueFilter()).counts == counts


def test_queue_of_free_cases_is_what_the_predicate_shows_of_them():
    people = in_every_state()
    free = list(Escalation.objects.waiting().select_related("requirement"))
    for person in people:
        seen = {case.number for case in free if access.may_see(person, case)}
        met = access.requirements_for(person)
        assert set(Escalation.objects.queue(met, asked=person.username)) == seen


def test_any_number_of_requirements_may_wait():
    """Agents ask for whatever skills they like; SQLite joins at most 500 ranges by UNION."""
    skills = [f"skill-{number}" for number in range(12)]
    dana, amara = viewer("dana", **dict.fromkeys(skills, 3)), viewer("amara")
    Requirement.objects.bulk_create(
        Requirement(key=f"set-{number}", skills={skills[number % 12]: 1}) for number in range(1_200)
    )
    mine = needing(escalation(), **{skills[0]: 1})
    asked = needing(escalation(), gold=1)
    Escalation.objects.filter(pk=asked.pk).update(assignee="dana")
    held = lifecycle.claim(escalation(), by=amara, now=NOW)
    inbox = lists.inbox(dana, QueueFilter())
    assert listed(lists.page(dana, QueueFilter())) == [mine.id, asked.id]
    assert listed(lists.page(dana, QueueFilter(tab="team"))) == [held.id]
    assert inbox.counts == {"mine": 2, "team": 1, "snoozed": 0}
