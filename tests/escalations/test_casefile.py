"""A case for its page: the same rows as the models read, in two statements."""

from datetime import timedelta

import pytest

from escalations import access, casefile, lifecycle
from escalations.briefing import circumstances
from escalations.lookups import registered
from escalations.models import Escalation, Package, Remark, WorkingDraft
from tests import packages, standing
from tests.escalations.lookups.registering import ADMIN, look_up
from tests.factories import NOW, escalation, key, person, viewer

pytestmark = pytest.mark.django_db

NAMED = ("requirement", "agent", "held_by", "offered_to", "decided_by")


def fields(one):
    return {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}


def same(case):
    found = casefile.case(case.id)
    expected = Escalation.objects.select_related(*NAMED).get(pk=case.pk)
    assert fields(found) == fields(expected)
    for name in NAMED:
        mine, theirs = getattr(found, name), getattr(expected, name)
        assert (mine is None) == (theirs is None)
        assert mine is None or fields(mine) == fields(theirs)
    (numbered,) = casefile.numbered([case.pk])
    assert fields(numbered) == fields(expected)
    assert [getattr(numbered, name) for name in NAMED] == [getattr(found, name) for name in NAMED]
    return found


def test_every_column_is_as_the_models_read_it(django_assert_num_queries):
    case = escalation(packages.FULLEST)
    same(case)
    lifecycle.claim(case, by=viewer("dana"), now=NOW)
    found = same(case)
    with django_assert_num_queries(0):
        assert found.held_by.username == "dana"
        assert (found.offered_to, found.decided_by) == (None, None)
        assert found.agent.name
        assert found.requirement.skills is not None


def test_nothing_has_no_case():
    assert casefile.case("esc_none") is None
    assert casefile.numbered([0]) == []


def test_what_there_is_beside_it():
    case = escalation()
    there = casefile.read(case)
    assert fields(there.package) == fields(Package.objects.get(escalation=case))
    assert there[1:] == (False, False, False, False, False, frozenset())
    dana = viewer("dana")
    held = lifecycle.claim(case, by=dana, now=NOW)
    lifecycle.add_context(held, {"notes": "More."}, agent="mira", now=NOW)
    for kind in (Remark.Kind.NOTED, Remark.Kind.NOTED, Remark.Kind.PASSED):
        Remark.objects.create(escalation=case, person_id=dana.user_id, kind=kind, at=NOW)
    WorkingDraft.objects.create(escalation=case, person=person("kofi"), saved_at=NOW)
    there = casefile.read(case)
    assert (there.has_additions, there.has_drafts, there.has_decisions) == (True, True, False)
    assert there.remarks == {"noted", "passed"}


def test_a_look_up_is_there_for_such_a_case_only():
    case, other = escalation(), key("other")
    look_up(task_type="parcel")
    look_up(agent=other.agent)
    assert not casefile.read(case).has_look_ups
    made = look_up(name="Order of any", task_type="", agent=case.agent)
    assert casefile.read(case).has_look_ups
    registered.remove(made, by=ADMIN, now=NOW)
    assert not casefile.read(case).has_look_ups


def test_a_decision_is_there():
    case = standing.in_state("decided", viewer("dana"))
    assert casefile.read(case).has_decisions
    same(case)


def before(case, customer="Inès Carvalho", at_most=50):
    since = NOW - timedelta(days=90)
    found = casefile.before(case, customer=customer, since=since, at_most=at_most)
    return [one.number for one in found]


def test_the_cases_before_are_those_of_its_matter_and_of_its_customer_lately():
    agent, long_ago = key(), NOW - timedelta(days=100)
    quiet = {"by": agent, "proposed_actions": []}
    old = escalation(**quiet, now=long_ago)
    stranger = {"context": {"customer": {"name": "Ada Quill"}}, "correlation_id": "m"}
    matter = escalation(**quiet, **stranger, now=long_ago)
    others = escalation(**quiet | {"by": key("nilo")}, **stranger)
    own = [escalation(**quiet).number for _ in range(3)]
    case = escalation(**quiet, correlation_id="m")
    assert before(case) == [*reversed(own), matter.number]
    assert before(case, customer="") == [matter.number]
    assert before(case, at_most=2) == [*reversed(own[1:]), matter.number]
    Escalation.objects.filter(pk=case.pk).update(re_escalates=old, correlation_id="")
    case.refresh_from_db()
    assert before(case) == [*reversed(own), old.number]
    assert others.number not in before(case)


def of(name, number=None, **more):
    customer = {"name": name} | ({"id": number} if number else {})
    return escalation(proposed_actions=[], context={"customer": customer}, **more)


def test_where_both_have_an_id_it_says_whose_the_cases_before_are():
    agent = key()
    own, other = of("Ola", "L1", by=agent), of("Ola", "k-1", by=agent)
    without, named = of("Ola", by=agent), of("Ola", customer_ref="L1", by=agent)
    referred = of("Ola", customer_ref="k-2", by=agent)
    everyone = [one.number for one in (referred, named, without, other, own)]
    case, nameless = of("Ola", "L1", by=agent), of("Ola", by=agent)
    assert before(case, customer="Ola") == [named.number, without.number, own.number]
    # It says nothing of whose it is but the name.
    assert before(nameless, customer="Ola") == [case.number, *everyone]
    # What was decided of them is found behind whatever number of namesakes.
    Escalation.objects.filter(pk=own.pk).update(decided_by=viewer("dana").user_id, decided_at=NOW)
    assert before(case, customer="Ola", at_most=1) == [own.number]
    assert before(case, customer="") == []


def test_who_may_see_a_case_before_and_what_is_told_of_it_reads_nothing_more(
    django_assert_num_queries,
):
    agent, dana = key(), viewer("dana")
    first = escalation(by=agent, requested={"skills": ["payments"]}, proposed_actions=[])
    case = escalation(by=agent)
    with django_assert_num_queries(1):
        since = NOW - timedelta(days=1)
        (found,) = casefile.before(case, customer=case.customer, since=since, at_most=5)
        assert not access.may_see(dana, found)
        told = circumstances.earlier(found)
    assert told == circumstances.earlier(first)
