"""Who is named in a package is meant however the name is written; a name of nobody is told."""

import pytest

from console.models import User
from escalations import eligibility, people_named
from escalations.models import Escalation
from escalations.refusals import NotAllowed
from tests.escalations.api.conftest import Caller
from tests.factories import REFUND, escalation, person, viewer
from tests.metrics.deciding import approve

pytestmark = pytest.mark.django_db
WRITTEN = (
    "dana", "Dana", "DANA", " dana ", "dana\t", "Dana Whitlock", "dana  WHITLOCK", "D@Shop.example",
)  # fmt: skip


@pytest.fixture
def dana():
    somebody = viewer("dana")
    User.objects.update(email="d@shop.example")
    return somebody


def told(*excluded, **requested):
    package = {"requested": {"excluded_reviewers": list(excluded), **requested}}
    return [(one.pointer, one.detail.partition(",")[0]) for one in people_named.warnings(package)]


@pytest.mark.parametrize("written", WRITTEN)
def test_who_is_excluded_is_so_however_they_are_named(written, dana):
    case = escalation(requested={"excluded_reviewers": ["sofia", written]})
    assert case.excluded == ["sofia", "dana"]
    with pytest.raises(NotAllowed) as refused:
        approve(case, dana)
    assert refused.value.code == "excluded"
    assert told(written) == []


@pytest.mark.parametrize("written", WRITTEN)
def test_who_is_asked_for_is_so_however_they_are_named(written, dana):
    case = escalation(requested={"assignee": written})
    assert case.assignee == "dana"
    assert told(assignee=written) == []


def test_a_name_of_nobody_here_is_told_and_binds_whoever_gets_it_later():
    assert told("", "Omar ", "sofia", assignee="Priya") == [
        ("/requested/excluded_reviewers/0", "Nobody here has the name “”"),
        ("/requested/excluded_reviewers/1", "Nobody here has the name “Omar ”"),
        ("/requested/excluded_reviewers/2", "Nobody here has the name “sofia”"),
        ("/requested/assignee", "Nobody here has the name “Priya”"),
    ]
    case = escalation(requested={"excluded_reviewers": ["Omar "]})
    with pytest.raises(NotAllowed):
        approve(case, viewer("omar"))
    # As it was stored before names were looked up.
    Escalation.objects.update(excluded=["Sofia"])
    with pytest.raises(NotAllowed):
        approve(case, viewer("sofia"))


def test_a_name_that_several_have_is_told_and_not_chosen_from(dana):
    other = person("dora")
    User.objects.filter(pk=other.pk).update(first_name="Dana")
    assert told("Dana Whitlock") == [
        ("/requested/excluded_reviewers/0", "2 people here have the name “Dana Whitlock”")
    ]
    # A username is one's own, whoever else is called so.
    assert told("dana", "dora") == []
    assert people_named.excluded({"requested": {"excluded_reviewers": ["dora", "DORA"]}}) == [
        "dora"
    ]


def test_usernames_that_differ_by_case_are_told_apart_if_they_are_written_so(dana):
    person("DANA")
    for written in ("dana", "DANA"):
        assert people_named.excluded({"requested": {"excluded_reviewers": [written]}}) == [written]
        assert told(written) == []
    assert [pointer for pointer, _ in told("Dana")] == ["/requested/excluded_reviewers/0"]


def test_the_agent_hears_it_where_it_posts_and_where_it_checks():
    mira = Caller()
    package = REFUND | {"requested": {"excluded_reviewers": ["nobody-x"]}}
    for answer in (mira.post("/check", package), mira.post("/escalations", package)):
        assert [one["pointer"] for one in answer.json()["warnings"]] == [
            "/requested/excluded_reviewers/0"
        ]


@pytest.mark.parametrize(
    ("excluded", "skills", "said"),
    [
        (["dana"], [], ""),
        (["dana", "SOFIA"], [], "Nobody is left who may decide it: everybody who decides here is"),
        (["dana"], ["refunds"], "Nobody is left with refunds 1: everybody who has it is excluded."),
        (["sofia"], ["refunds"], ""),
        # Nobody has it in any case, which its own warning says.
        (["dana"], ["fraud"], ""),
    ],
)
def test_that_nobody_is_left_is_told(excluded, skills, said):
    person("dana", skills={"refunds": 2})
    person("sofia", "supervisor")
    mira = Caller()
    package = REFUND | {"requested": {"excluded_reviewers": excluded, "skills": skills}}
    for answer in (mira.post("/check", package), mira.post("/escalations", package)):
        told = {one["pointer"]: one["detail"] for one in answer.json().get("warnings", [])}
        assert told.get("/requested/excluded_reviewers", "").startswith(said)
        assert ("/requested/excluded_reviewers" in told) == bool(said)


def test_who_is_asked_for_and_excluded_is_told(dana):
    assert told("D@shop.example", assignee="Dana Whitlock") == [
        ("/requested/assignee", people_named.BOTH.partition(",")[0])
    ]
    assert told("dana", assignee="sofia")[-1][0] == "/requested/assignee"
    assert told("sofia", assignee="dana") == [
        ("/requested/excluded_reviewers/0", "Nobody here has the name “sofia”")
    ]


def test_nobody_is_looked_up_for_a_package_that_names_nobody(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert people_named.excluded(REFUND) == []
        assert people_named.assignee(REFUND) == ""
        assert list(people_named.warnings(REFUND)) == []


def test_eligibility_compares_without_case():
    assert eligibility.is_excluded("dana", ["Dana "])
    assert not eligibility.is_excluded("dana", ["dan", "Dana W"])
