"""Which skills there are: added and removed, never from under somebody."""

import pytest

from escalations.policy import check, versions
from escalations.record.lines import Actor
from escalations.refusals import Conflict, Invalid
from routing.models import Skill
from routing.people import roster, skills
from tests.factories import NOW, person, viewer
from tests.routing.lines import lines

pytestmark = pytest.mark.django_db
BY = Actor("person", "priya")


def add(name, kind="trade"):
    return skills.add(name, kind, by=BY, now=NOW)


def ask_for(wanted, **more):
    document = versions.current().document.dump() | {
        "task_types": {"refund": {"title": "Refunds", "skills": wanted, **more}}
    }
    ruth = viewer("ruth", "admin")
    versions.publish(check.check(document), by=ruth, now=NOW, expected=versions.current().number)


def test_a_language_is_added_and_told():
    made = add("French", "language")
    assert (made.name, made.kind) == ("French", "language")
    assert lines() == [("skill_added", {"skill": "French", "kind": "language"})]


@pytest.mark.parametrize(
    ("name", "kind", "pointer"),
    [
        ("", "trade", "/name"),
        (" refunds", "trade", "/name"),
        ("a:b", "trade", "/name"),
        ("a+b", "trade", "/name"),
        ("a,b", "trade", "/name"),
        ("x" * 65, "trade", "/name"),
        ("REFUNDS", "trade", "/name"),
        ("fraud", "hobby", "/kind"),
    ],
)
def test_what_cannot_be_a_skill_is_refused_by_its_field(name, kind, pointer):
    Skill.objects.create(name="refunds")
    with pytest.raises(Invalid) as refused:
        add(name, kind)
    assert [fault.pointer for fault in refused.value.errors] == [pointer]
    assert (Skill.objects.count(), lines()) == (1, [])


def test_a_skill_that_somebody_has_stays():
    for name in ("ana", "ben", "cleo", "dora"):
        person(name, skills={"refunds": 1})
    with pytest.raises(Conflict) as refused:
        skills.remove(Skill.objects.get(), by=BY, now=NOW)
    assert refused.value.detail == (
        "Ana Whitlock, Ben Whitlock, Cleo Whitlock and 1 more have refunds; set it to 0 first."
    )


def test_a_skill_that_the_policy_asks_for_stays():
    made = add("refunds")
    ask_for({}, rules=[{"field": "task_type", "operator": "is", "value": "refund",
                        "reason": "Always", "skills": {"refunds": 2}}])  # fmt: skip
    with pytest.raises(Conflict) as refused:
        skills.remove(made, by=BY, now=NOW)
    assert refused.value.detail == "The policy asks for refunds: Refunds."
    assert Skill.objects.count() == 1


def test_an_unused_skill_goes_with_its_zeros():
    ana = person("ana", skills={"refunds": 3})
    roster.grade(ana, {"refunds": 0})
    skills.remove(Skill.objects.get(), by=BY, now=NOW)
    assert (Skill.objects.count(), lines()) == (0, [("skill_removed", {"skill": "refunds"})])


def test_trades_come_first_and_those_of_the_policy_are_among_them():
    add("French", "language")
    add("zoology")
    ask_for({"refunds": 2})
    assert list(skills.known().items()) == [
        ("refunds", "trade"),
        ("zoology", "trade"),
        ("French", "language"),
    ]
