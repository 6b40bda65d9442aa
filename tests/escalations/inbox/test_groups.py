"""The parts of a person's own list, over one page and over several, and narrowed by urgency."""

import re
from dataclasses import replace

import pytest

from escalations import lifecycle
from escalations.inbox import groups, lists
from escalations.inbox.lists import QueueFilter
from escalations.models import Escalation
from tests import factories
from tests.escalations.inbox.test_lists import listed, needing, offered, snoozed
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import NOW, after, escalation, viewer

pytestmark = pytest.mark.django_db


MINE = QueueFilter()


def due(minutes, **keys):
    return escalation(deadlines={"respond_by": after(minutes * 60).isoformat()}, **keys)


def agreed(case, by):
    """One of two people approved it, and it waits for the other."""
    Escalation.objects.filter(pk=case.pk).update(approvals=2)
    return decide(Escalation.objects.get(pk=case.pk), by)


def parts(person, wanted=MINE, *, now=NOW):
    page = lists.page(person, wanted)
    return page, {part.name: listed(part) for part in groups.of(page, wanted, now=now)}


def test_list_is_cut_by_what_needs_somebody_now_and_what_waits_for_others():
    dana = viewer()
    later, soon, mine = due(50), due(10), agreed(due(5), dana)
    offer = offered(due(90), dana)
    assert parts(dana)[1] == {
        "now": [offer.id, soon.id], "next": [later.id], "others": [mine.id]
    }  # fmt: skip
    assert parts(dana, now=after(1800))[1]["now"] == [offer.id, soon.id, later.id]
    assert mine.id in parts(viewer("amara"))[1]["now"]


def test_nothing_that_is_late_stands_below_what_needs_somebody_now():
    made = [due(-1, priority=name) for name in groups.priority.HEAD_START]
    now = parts(viewer())[1]["now"]
    assert {case.id for case in made} == set(now)


def test_what_waits_for_others_stands_behind_the_last_page(monkeypatch):
    monkeypatch.setattr(lists, "PAGE", 2)
    dana = viewer()
    mine = [agreed(due(5), dana) for _ in range(2)]
    free = [due(minutes).id for minutes in (10, 20, 40, 50)]
    for wanted in (QueueFilter(), QueueFilter(task_type="refund")):
        page, first = parts(dana, wanted)
        assert first == {"now": free[:2], "next": [], "others": []}
        assert [part.counted for part in groups.of(page, wanted, now=NOW)] == ["2+", "0", "0"]
        page, last = parts(dana, replace(wanted, after=page.next))
        assert last == {"now": [], "next": free[2:], "others": [case.id for case in mine]}
        assert page.next == ""


def test_parts_of_cases_that_one_may_not_see_any_more_are_not_listed():
    dana, case = viewer("dana", refunds=3), due(10)
    agreed(needing(case, refunds=3), dana)
    assert parts(dana)[1]["others"] == [case.id]
    needing(case, gold=5)
    assert parts(dana)[1]["others"] == []
    assert parts(dana, QueueFilter(level=2))[1]["others"] == []


def test_part_in_an_earlier_package_is_no_part_in_this_one():
    dana, case = viewer(), due(10)
    agreed(case, dana)
    Escalation.objects.filter(pk=case.pk).update(package_version=2)
    assert parts(dana)[1] == {"now": [case.id], "next": [], "others": []}


def test_urgency_narrows_to_what_is_late_or_due_within_an_hour():
    dana, amara = viewer(), viewer("amara")
    late, soon = due(-5), due(40)
    due(90)
    snoozed(due(-3), dana, 600)
    held = lifecycle.claim(due(-2), by=amara, now=NOW)
    narrow = {
        "late": QueueFilter(urgency="late", due_before=NOW),
        "hour": QueueFilter(urgency="hour", due_before=after(3600)),
    }
    assert listed(lists.page(dana, narrow["late"])) == [late.id]
    assert listed(lists.page(dana, narrow["hour"])) == [late.id, soon.id]
    assert listed(lists.page(dana, replace(narrow["late"], tab="team"))) == [held.id]
    found = lists.page(dana, replace(narrow["hour"], search="grinder"))
    assert set(listed(found)) == {late.id, soon.id, held.id}


@pytest.mark.parametrize(
    "query", ["tab=mine&task_type=refund&level=2&urgency=hour", "tab=team&urgency=late", "tab=mine"]
)
def test_address_of_a_list_gives_the_same_list_beside_a_case_and_when_it_is_read_again(
    client, query
):
    client.force_login(factories.person("dana"))
    case = escalation()
    for path in ("/inbox/", f"/escalations/{case.id}/"):
        html = client.get(f"{path}?{query}").content.decode()
        again = re.search(r'data-list-url="([^"]*)"', html)[1].replace("&amp;", "&")
        assert again == f"/inbox/?{query}"


def test_statements_stay_the_same_with_parts(django_assert_num_queries):
    dana = viewer()
    for _ in range(3):
        agreed(due(5), dana)
    with django_assert_num_queries(5):  # requirements, keys, rows, their parts, counts
        lists.inbox(dana, QueueFilter())
    with django_assert_num_queries(3):
        lists.inbox(dana, QueueFilter())
