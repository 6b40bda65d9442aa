"""Every case is found by its words, by whom it may be seen, and without reading the others."""

import json
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console.people.viewers import viewer_of
from escalations import intake
from escalations.inbox import lists
from escalations.inbox.lists import QueueFilter
from escalations.models import Escalation, SearchWord, search_words
from escalations.record_screen import cases
from escalations.record_screen.cases import CaseFilter
from escalations.text import search_words as words_of
from tests import factories
from tests.escalations.models.test_querysets import read_whole
from tests.factories import REFUND, after

pytestmark = pytest.mark.django_db
CUSTOMER = "/context/customer/name"
WORDS = ("grinder", "grind", "late", "parcel", "Inès", "Straße", "返金依頼", "BTN", "x")


def found(text, **wanted):
    return search_words.newest(Escalation.objects.filter(**wanted), text, at_most=50)


def stored(case):
    rows = SearchWord.objects.filter(number=case.number).values_list("word", flat=True)
    return set(rows)


def test_random_cases_are_found_as_a_look_at_each_of_them_says():
    chance, key = Random(11), factories.key()
    said = {}
    for _ in range(25):
        summary = " ".join(chance.choices(WORDS, k=chance.randint(1, 4)))
        case = factories.escalation(by=key, summary=summary)
        said[case.number] = words_of.of(summary, case.customer)
    for _ in range(60):
        text = " ".join(chance.choices([*WORDS, "carv", "nothing", "金"], k=chance.randint(1, 3)))
        expected = [number for number, words in said.items() if _has_all(words, text)]
        assert found(text) == sorted(expected, reverse=True), text


def _has_all(words, text):
    return all(
        any(word.startswith(one) if begins else word == one for word in words)
        for one, begins in words_of.sought(text)
    )


def test_a_revision_is_found_by_its_own_words_alone():
    key = factories.key()
    case = factories.escalation(by=key)
    body = json.dumps({**REFUND, "summary": "Late parcel"}).encode()
    intake.revise(key, case, body, now=after(5))
    assert (found("grinder"), found("parcel")) == ([], [case.number])
    case.refresh_from_db()
    assert stored(case) == set(search_words.of(case))


def test_a_matter_and_an_id_are_found_whole():
    case = factories.escalation(correlation_id="matter 7/x")
    factories.escalation()
    assert found("matter 7/x") == found(case.id) == [case.number]
    assert found("matter 7") == []


def test_of_two_words_the_rarer_is_gone_through(monkeypatch):
    monkeypatch.setattr(search_words, "AT_ONCE", 2)
    key = factories.key()
    rare = [factories.escalation(by=key, summary="Late parcel bergamot").number for _ in range(3)]
    for _ in range(5):
        factories.escalation(by=key, summary="Late parcel")
    assert found("late bergamot") == found("bergamot late") == sorted(rare, reverse=True)
    assert search_words._words("late bergamot") == [["bergamot"], ["late"]]


def test_pages_go_on_below_the_last(monkeypatch):
    monkeypatch.setattr(search_words, "AT_ONCE", 2)
    monkeypatch.setattr(cases, "PAGE", 3)
    key = factories.key()
    made = [factories.escalation(by=key).number for _ in range(8)]
    listed, before = [], None
    while True:
        page = cases.page(CaseFilter(search="grinder", before=before))
        listed += [case.number for case in page.cases]
        before = page.next
        if before is None:
            break
    assert listed == sorted(made, reverse=True)
    assert found("grinder", task_type="other") == []


def test_what_is_masked_is_in_no_word():
    case = factories.escalation(redactions=["/summary", CUSTOMER])
    assert stored(case).isdisjoint(words_of.of(REFUND["summary"], "Inès Carvalho"))
    assert found("grinder") == found("carvalho") == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="Plans are told by SQLite's words.")
def test_no_search_reads_a_case_but_by_an_index():
    factories.escalation()
    dana = viewer_of(factories.person())
    with read_whole() as (whole, asked):
        for text in ("grinder", "grinder carv", "nothing", "g"):
            lists.page(dana, QueueFilter(search=text))
            cases.page(CaseFilter(search=text))
    assert asked
    assert whole == []


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_takes_the_same_statements_for_any_number(count):
    key = factories.key()
    for _ in range(count):
        factories.escalation(by=key)
    ada = viewer_of(factories.person("ada", "admin"))
    lists.page(ada, QueueFilter(search="grinder"))
    with CaptureQueriesContext(connection) as captured:
        lists.page(ada, QueueFilter(search="grinder"))
    assert len(captured) == 5
