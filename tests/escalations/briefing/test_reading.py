import re
from datetime import timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from escalations import lifecycle
from escalations.briefing import reading
from escalations.models import Escalation
from escalations.proposal.choices import Choice
from tests import packages
from tests.factories import NOW, REFUND, escalation, key, viewer

pytestmark = pytest.mark.django_db


def can(case, who):
    case.refresh_from_db()
    context = reading.context(who, case, now=NOW)
    drawn = {act.verb.name for act in context["acts"].groups["answer"]} - {"approve"}
    return drawn | ({"each"} if context["each"] else set())


def test_what_is_offered_follows_the_rights():
    case = escalation()
    assert can(case, viewer("dana")) == {"edit", "reject", "respond"}
    assert can(case, viewer("ada", "auditor")) == set()
    lifecycle.claim(case, by=viewer("amara"), now=NOW)
    assert can(case, viewer("sofia")) == set()


def test_what_is_offered_follows_every_action():
    actions = [
        {"id": "a", "name": "refund", "allowed_decisions": ["approve", "edit"]},
        {"id": "b", "name": "close"},
    ]
    assert can(escalation(proposed_actions=actions), viewer()) == {"edit", "each"}


def test_a_case_without_proposal_can_be_answered_or_rejected():
    assert can(escalation(packages.SMALLEST), viewer()) == {"reject", "respond"}


def test_reading_takes_a_constant_number_of_queries(django_assert_max_num_queries):
    dana, agent = viewer("dana"), key()
    small = escalation(by=agent)
    large = escalation(packages.FULLEST, by=agent)
    reading.context(dana, small, now=NOW)
    with django_assert_max_num_queries(QUERIES):
        reading.context(dana, small, now=NOW)
    # More of a full package, and where several must agree: what they said, who of them had their
    # part, and who there is with which skills; and whether its facts still hold.
    with django_assert_max_num_queries(QUERIES + 7):
        reading.context(dana, large, now=NOW)


QUERIES = 4


def test_earlier_cases_are_only_those_one_may_see():
    agent = key()
    first = escalation(by=agent, customer_ref="c-1", requested={"skills": ["payments"]})
    again = escalation(by=agent, customer_ref="c-1", now=NOW + timedelta(hours=1))
    skilled, other = viewer("dana", payments=3), viewer("amara")
    assert first.requirement.skills
    for who, count in ((skilled, 1), (other, 0)):
        assert len(reading.context(who, again, now=NOW)["briefing"].earlier) == count
    decided = viewer("kofi")
    Escalation.objects.filter(pk=first.pk).update(decided_by=decided.user_id, state="decided")
    assert len(reading.context(decided, again, now=NOW)["briefing"].earlier) == 1


def test_panels_are_only_known_ones():
    case = escalation(REFUND)
    assert reading.context(viewer(), case, now=NOW, panel="edit")["panel"] == "edit"
    assert reading.context(viewer("amara"), case, now=NOW, panel="<script>")["panel"] == ""


def page_of(case, who, now):
    case.refresh_from_db()
    return render_to_string("escalations/briefing.html", reading.context(who, case, now=now))


@pytest.mark.parametrize(("undo_s", "is_said"), [(10, True), (0, False)])
def test_undoing_is_promised_only_where_it_can_be_done(undo_s, is_said):
    case, dana = escalation(), viewer("dana")
    Escalation.objects.filter(pk=case.pk).update(undo_s=undo_s)
    assert ("you can still undo" in page_of(case, dana, NOW)) is is_said
    choice = Choice("reject", reason_code="other")
    lifecycle.decide(case, choice, by=dana, version=case.version, reject_reasons=[], now=NOW)
    assert ('data-command="undo"' in page_of(case, dana, NOW)) is is_said
    assert 'data-command="undo"' not in page_of(case, dana, NOW + timedelta(seconds=11))


RUNS = REFUND | {"correlation_id": "order-20931"}


def waiting(case, who):
    """What the brief says of the runs that wait for the one answer."""
    context = reading.context(who, Escalation.objects.get(pk=case.pk), now=NOW)
    page = " ".join(render_to_string("escalations/_brief.html", context).split())
    found = re.search(r"(\d+ runs of [^<]*?)\s*</span>", page)
    return found[1] if found else ""


def test_how_many_runs_wait_for_the_one_answer_is_said_while_they_wait():
    dana, mira = viewer("dana"), key()
    case = escalation(RUNS, by=mira)
    assert waiting(case, dana) == ""
    for _ in range(2):
        assert escalation(RUNS, by=mira).id == case.id
    assert waiting(case, dana) == "3 runs of mira wait for this answer."
    lifecycle.decide(
        Escalation.objects.get(), Choice("approve"), by=dana, version=1, reject_reasons=[], now=NOW
    )
    assert waiting(case, dana) == ""


def test_a_run_that_asks_twice_is_one_run():
    dana, mira = viewer("dana"), key()
    runs = [RUNS | {"source": {"run": {"run_id": name}}} for name in ("r-1", "r-2", "r-3")]
    case = escalation(runs[0], by=mira)
    for again in (runs[0], runs[1], runs[1]):
        escalation(again, by=mira)
    assert waiting(case, dana) == "2 runs of mira wait for this answer."
    keyed = runs[2] | {"requested": {"join": True}, "idempotency_key": "another-run-1"}
    for _ in range(2):
        escalation(keyed, by=mira)
    assert waiting(case, dana) == "3 runs of mira wait for this answer."


def test_runs_that_wait_cost_a_statement_only_where_there_are_some(django_assert_num_queries):
    dana, mira = viewer("dana"), key()
    case = escalation(RUNS, by=mira)
    reading.context(dana, case, now=NOW)
    with CaptureQueriesContext(connection) as alone:
        reading.context(dana, case, now=NOW)
    escalation(RUNS, by=mira)
    with django_assert_num_queries(len(alone) + 2):
        reading.context(dana, case, now=NOW)
