"""Who sees what, in which order, and with how many statements."""

import re

import pytest

from escalations import access, desk, lifecycle, lists
from escalations.lists import Wanted
from escalations.models import Escalation, Requirement
from escalations.refusals import Invalid
from tests.escalations.test_lifecycle import decide
from tests.factories import NOW, after, escalation, key, viewer

pytestmark = pytest.mark.django_db


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
    assert listed(lists.page(dana, Wanted())) == [free.id, held.id]
    assert listed(lists.page(dana, Wanted(tab="team"))) == [taken.id]
    assert lists.inbox(dana, Wanted()).counts == {"mine": 2, "team": 1}


def test_supervisor_sees_every_case():
    case = needing(escalation(), payments=5)
    assert listed(lists.page(viewer("ruth", "supervisor"), Wanted())) == [case.id]


def test_alerts_come_first_then_the_soonest():
    late = escalation(deadlines={"respond_by": "2026-11-19T18:00:00Z"})
    soon = escalation(deadlines={"respond_by": "2026-11-19T14:30:00Z"})
    alert = escalation(trigger={"type": "emergency", "reason": "Smoke comes from the machine."})
    assert alert.level == 4
    assert listed(lists.page(viewer(), Wanted())) == [alert.id, soon.id, late.id]


def test_keyset_pages_give_every_case_once(monkeypatch):
    monkeypatch.setattr(lists, "PAGE", 2)
    cases = {escalation().id for _ in range(5)}
    dana, seen, after_key = viewer(), [], ""
    while True:
        page = lists.page(dana, Wanted(after=after_key))
        seen += listed(page)
        after_key = page.next
        if not after_key:
            break
    assert len(seen) == 5
    assert set(seen) == cases


def test_wrong_page_key_is_refused():
    with pytest.raises(Invalid):
        lists.page(viewer(), Wanted(after="yesterday"))


def test_search_finds_number_name_and_word():
    dana, case = viewer(), escalation()
    escalation(summary="Cancel the order", context={"customer": {"name": "Yusuf Demir"}})
    for words in (f"BTN-{case.number}", str(case.number), "carvalho", "grinder", case.id):
        assert listed(lists.page(dana, Wanted(search=words))) == [case.id]
    assert listed(lists.page(dana, Wanted(search="nothing like it"))) == []


def test_done_is_own_history_for_reviewers_and_all_for_supervisors():
    dana, amara = viewer("dana"), viewer("amara")
    first = decide(escalation(), dana)
    second = decide(escalation(), amara, now=after(5))
    assert listed(lists.page(dana, Wanted(tab="done"))) == [first.id]
    ruth = viewer("ruth", "supervisor")
    assert listed(lists.page(ruth, Wanted(tab="done"))) == [second.id, first.id]


@pytest.mark.parametrize("size", [1, 3])
def test_statements_are_constant(size, django_assert_num_queries):
    dana, mira = viewer("dana", refunds=3), key()
    for _ in range(size):
        needing(escalation(by=mira), refunds=3)
        escalation(by=mira)
    with django_assert_num_queries(4):  # requirements, keys, rows not drawn yet, counts
        lists.inbox(dana, Wanted())
    with django_assert_num_queries(3):
        lists.inbox(dana, Wanted())


def test_queue_query_and_row_predicate_agree():
    people = [viewer("dana", refunds=3), viewer("amara", payments=1), viewer("ruth", "admin")]
    for skills in (
        {},
        {"refunds": 3},
        {"refunds": 4},
        {"payments": 1},
        {"payments": 1, "refunds": 1},
    ):
        needing(escalation(), **skills)
    for person in people:
        cases = Escalation.objects.select_related("requirement").order_by("number")
        by_predicate = {case.number for case in cases if access.may_see(person, case)}
        changes = zip(cases, desk._changes([case.number for case in cases]), strict=True)
        seat = desk.Seat(None, person, "")
        assert {case.number for case, change in changes if seat.may_see(change)} == by_predicate
        assert set(Escalation.objects.queue(access.requirements_for(person))) == by_predicate
