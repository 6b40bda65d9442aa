"""A case goes to no skill that nobody has, and whom it goes to is told."""

from datetime import timedelta
from functools import partial

import pytest

from console.hints import hub
from escalations import lifecycle
from escalations.models import Escalation
from escalations.refusals import Invalid
from routing.alerts import notices
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import NOW, escalation, viewer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("who", "grade", "passes"),
    [("amara", 3, True), ("amara", 2, False), ("dana", 5, False), ("vera", 5, False)],
)
def test_somebody_else_must_have_it(who, grade, passes):
    people = {"dana": "reviewer", "amara": "reviewer", "vera": "auditor"}
    made = {
        name: viewer(name, role, **({"refunds": grade} if name == who else {}))
        for name, role in people.items()
    }
    case = escalation()

    def pass_on():
        return lifecycle.pass_on(case, by=made["dana"], version=1, skills={"refunds": 3}, now=NOW)

    if passes:
        assert pass_on().requirement.skills == {"refunds": 3}
    else:
        with pytest.raises(Invalid) as refused:
            pass_on()
        detail = "Nobody else has refunds at 3 or better."
        assert [(f.pointer, f.detail) for f in refused.value.errors] == [("/to/skill", detail)]
        case.refresh_from_db()
        assert (case.version, case.requirement.skills) == (1, {})


def test_a_refused_skill_is_refused_again():
    """What was rolled back with the first refusal is not remembered."""
    dana, case = viewer(), escalation()
    for _ in range(2):
        with pytest.raises(Invalid, match="Nobody else has refunds at 5 or better."):
            lifecycle.pass_on(case, by=dana, version=1, skills={"refunds": 5}, now=NOW)


@pytest.mark.parametrize("barred", ["excluded", "had_part"])
def test_who_may_not_decide_it_is_nobody_it_could_go_to(barred):
    dana, amara = viewer(), viewer("amara", refunds=5)
    case = escalation(requested={"approvals_needed": 2})
    if barred == "excluded":
        Escalation.objects.update(excluded=["amara"])
    else:
        case = decide(case, amara)
    with pytest.raises(Invalid, match="Nobody else who may decide this case has refunds at 5"):
        lifecycle.pass_on(case, by=dana, version=case.version, skills={"refunds": 5}, now=NOW)
    kofi = viewer("kofi", refunds=5)
    case = lifecycle.pass_on(case, by=dana, version=case.version, skills={"refunds": 5}, now=NOW)
    assert lifecycle.claim(case, by=kofi, now=NOW).held_by_id == kofi.user_id


def test_whom_it_is_passed_on_to_is_told():
    dana, amara = viewer(), viewer("amara")
    case = lifecycle.pass_on(escalation(), by=dana, version=1, person=amara, now=NOW)
    told = [(line.notice.kind, line.notice.text, line.opens) for line in notices.unseen(amara)]
    assert told == [("passed", f"{case.case_number} was passed on to you by Dana Whitlock.", True)]
    assert notices.unseen(dana) == []


def test_what_was_told_of_a_passing_on_goes_with_its_undo(django_capture_on_commit_callbacks):
    dana, amara = viewer(), viewer("amara")
    case = lifecycle.claim(escalation(), by=dana, now=NOW)
    passed = lifecycle.pass_on(case, by=dana, version=case.version, person=amara, now=NOW)
    assert [line.notice.kind for line in notices.unseen(amara)] == ["passed"]
    soon = NOW + timedelta(seconds=5)
    with django_capture_on_commit_callbacks() as pushed:
        lifecycle.undo(passed, by=dana, version=passed.version, now=soon)
    published = [one for one in pushed if isinstance(one, partial) and one.func is hub.publish]
    told = [one.args[0] for one in published]
    assert [one["person"] for one in told if one.get("kind") == "taken_back"] == [amara.user_id]
    assert notices.unseen(amara) == []


def test_what_they_have_seen_of_it_stays_among_the_earlier():
    dana, amara = viewer(), viewer("amara")
    case = lifecycle.claim(escalation(), by=dana, now=NOW)
    passed = lifecycle.pass_on(case, by=dana, version=case.version, person=amara, now=NOW)
    notices.see_all(amara.user_id, now=NOW)
    lifecycle.undo(passed, by=dana, version=passed.version, now=NOW + timedelta(seconds=5))
    assert [line.notice.kind for line in notices.earlier(amara, now=NOW)] == ["passed"]
