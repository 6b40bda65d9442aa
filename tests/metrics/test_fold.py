"""Facts are folded from the record: the same whenever, however often and in whatever order."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from console import clock
from escalations import lifecycle
from escalations.models import Escalation, Event
from metrics import fold, tasks
from metrics.models import Fact, Watermark
from tests.escalations.models.test_querysets import read_whole
from tests.factories import NOW, REFUND, after, escalation, key, viewer
from tests.metrics.deciding import approve, decide, edit

pytestmark = pytest.mark.django_db


def facts():
    fold.catch_up()
    return list(Fact.objects.order_by("escalation"))


def test_waiting_case_has_no_decision():
    case = escalation()
    [fact] = facts()
    assert (fact.chain, fact.agent, fact.task_type, fact.level) == (case.id, "mira", "refund", 2)
    assert (fact.arrived_at, fact.needs_person, fact.state) == (NOW, True, "waiting")
    assert (fact.decided_by, fact.closed_on, fact.in_time) == ("", None, None)


def test_decision_is_folded_with_its_times():
    case, dana = escalation(), viewer()
    lifecycle.claim(case, by=dana, now=after(60))
    approve(case, dana, at=90)
    [fact] = facts()
    assert (fact.outcome, fact.decided_by, fact.override) == ("approved", "dana", "")
    assert (fact.accept_ms, fact.decide_ms, fact.in_time) == (60_000, 90_000, True)
    assert (fact.decided_at, fact.effective_at) == (after(90), after(100))


def test_edits_are_cosmetic_or_material():
    dana = viewer()
    decide(escalation(), dana, "edit", reply="dear Inès, we have refunded €184.00 to your card")
    decide(escalation(), dana, "edit", reply="Dear Inès, we have refunded €68.00 to your card.")
    edit(escalation(), dana, amount="68.00")
    assert [fact.override for fact in facts()] == ["cosmetic", "material", "material"]


def test_every_other_override_has_its_kind():
    dana = viewer()
    actions = [
        {"id": "a1", "name": "refund", "args": {}},
        {"id": "a2", "name": "reply", "args": {}},
    ]
    decide(escalation(), dana, "reject")
    decide(escalation(), dana, "respond", reply="Ask for a photo.")
    each = [{"action_id": "a1", "type": "approve"}, {"action_id": "a2", "type": "reject"}]
    decide(escalation(proposed_actions=actions), dana, "approve", actions=each)
    assert [fact.override for fact in facts()] == ["rejected", "responded", "mixed"]


def test_recommended_option_is_no_override():
    options = [
        {"id": "wait", "label": "Wait"},
        {"id": "send", "label": "Send", "recommended": True},
    ]
    package = {"task_type": "x", "summary": "Which?", "requested": {"options": options}}
    dana = viewer()
    decide(escalation(package), dana, "choose", option_id="send")
    decide(escalation(package), dana, "choose", option_id="wait")
    assert [(fact.proposal, fact.override) for fact in facts()] == [(True, ""), (True, "responded")]


def test_draft_is_a_proposal_and_silence_is_none():
    dana = viewer()
    draft = {"task_type": "x", "summary": "Send?", "draft_response": {"text": "Hello"}}
    decide(escalation(draft), dana, "reject")
    decide(escalation({"task_type": "x", "summary": "Help"}), dana, "respond", reply="Like so.")
    assert [fact.proposal for fact in facts()] == [True, False]


def test_undone_decision_leaves_no_trace():
    case, dana = escalation(), viewer()
    decided = approve(case, dana, at=10)
    lifecycle.undo(decided, by=dana, version=decided.version, now=after(12))
    [fact] = facts()
    assert (fact.outcome, fact.decided_by, fact.decided_at, fact.state) == ("", "", None, "held")


def test_expired_case_missed_its_deadline_and_cancelled_has_none():
    due = {"expires_at": after(60).isoformat(), "on_timeout": "reject"}
    lifecycle.expire(escalation(deadlines=due), now=after(61))
    lifecycle.cancel(escalation(), agent="mira", now=after(5))
    rows = [(f.outcome, f.in_time, f.closed_on, f.decided_by) for f in facts()]
    day = NOW.date()
    assert rows == [("expired", False, day, ""), ("cancelled", None, day, "")]


def test_case_is_raised_again_by_name_or_by_correlation_within_7_days():
    dana = viewer()
    named, early, late = (escalation(correlation_id=c) for c in ("n", "early", "late"))
    for case in (named, early, late):
        approve(case, dana, at=10)
    escalation(re_escalates=named.id, now=after(20))
    escalation(correlation_id="early", now=NOW + timedelta(days=7))
    escalation(correlation_id="late", now=NOW + timedelta(days=7, seconds=11))
    assert [fact.raised_again for fact in facts()] == [True, True, False, False, False, False]


def test_correlation_of_another_agent_or_before_the_decision_is_not_raising_again():
    dana = viewer()
    first = escalation(correlation_id="c")
    escalation(correlation_id="c", summary="Another question", now=after(5))
    approve(first, dana, at=10)
    escalation(by=key("atlas"), correlation_id="c", now=after(20))
    assert [fact.raised_again for fact in facts()] == [False, False, False]


def test_undone_decision_was_not_raised_again():
    case, dana = escalation(correlation_id="c"), viewer()
    decided = approve(case, dana, at=10)
    escalation(correlation_id="c", now=after(12))
    assert facts()[0].raised_again is True
    lifecycle.undo(decided, by=dana, version=decided.version, now=after(15))
    assert facts()[0].raised_again is False


def test_folding_again_changes_nothing(django_assert_num_queries):
    case, dana = escalation(), viewer()
    approve(case, dana, at=10)
    before = [vars(fact) for fact in facts()]
    fold.write([case.number])
    assert [said(fact) for fact in before] == [said(vars(fact)) for fact in facts()]
    with django_assert_num_queries(2):
        assert fold.catch_up() is True


def test_watermark_waits_for_whoever_may_still_commit():
    for _ in range(3):
        escalation()
    tasks.fold()
    fold.advance(after(0))
    mark = Watermark.objects.get()
    mark.seen_at = NOW
    mark.save()
    last = Event.objects.latest("id").id
    fold.advance(NOW + fold.LAG - timedelta(seconds=1))
    assert (Watermark.objects.get().event, Watermark.objects.get().seen) == (0, last)
    fold.advance(NOW + fold.LAG)
    assert Watermark.objects.get().event == last


def test_line_that_appears_behind_the_newest_is_found():
    first, second = escalation(), escalation()
    fold.write([second.number])
    assert Fact.objects.count() == 1
    assert [fact.chain for fact in facts()] == [first.id, second.id]


def test_more_than_a_batch_is_folded(monkeypatch):
    monkeypatch.setattr(fold, "BATCH", 2)
    for _ in range(5):
        escalation()
    assert fold.catch_up(batches=1) is False
    assert fold.catch_up() is True
    assert Fact.objects.count() == 5


def test_rebuild_gives_the_same_rows_and_check_finds_others():
    case, dana = escalation(correlation_id="c"), viewer()
    approve(case, dana, at=10)
    escalation(correlation_id="c", now=after(20))
    before = [said(vars(fact)) for fact in facts()]
    assert told("--check") == "2 escalations folded; 0 rows differed.\n"
    Fact.objects.filter(pk=case.pk).update(outcome="rejected")
    Fact.objects.exclude(pk=case.pk).update(raised_again=True)
    with pytest.raises(CommandError, match="2 rows differ"):
        told("--check")
    Fact.objects.exclude(pk=case.pk).delete()
    assert told("--rebuild") == "2 escalations folded; 2 rows differed.\n"
    assert [said(vars(fact)) for fact in facts()] == before


def test_a_case_that_moves_while_it_is_compared_is_no_difference():
    now, dana = clock.now(), viewer()
    case = escalation(now=now)
    # Not folded yet, then folded and moved on since.
    assert told("--check") == "1 escalations folded; 0 rows differed.\n"
    fold.catch_up()
    lifecycle.claim(case, by=dana, now=clock.now())
    assert told("--check") == "1 escalations folded; 0 rows differed.\n"
    Fact.objects.update(agent="other")
    with pytest.raises(CommandError, match="1 rows differ"):
        told("--check")


def test_a_row_that_stays_behind_is_a_difference():
    case, late = escalation(now=NOW), clock.now() - fold.LAG
    fold.catch_up()
    lifecycle.claim(case, by=viewer(), now=late)
    with pytest.raises(CommandError, match="1 rows differ"):
        told("--check")
    Fact.objects.all().delete()
    with pytest.raises(CommandError, match="1 rows differ"):
        told("--check")


def test_revision_is_judged_anew():
    from escalations import intake
    from escalations.models import ApiKey

    case = escalation()
    asks = {**REFUND, "trigger": {"type": "customer_request", "reason": "They ask for a person"}}
    intake.revise(ApiKey.objects.get(), case, dumped(asks), now=after(5))
    [fact] = facts()
    assert (fact.level, fact.arrived_at) == (Escalation.objects.get().level, NOW)
    assert fact.level == 3


def dumped(package):
    import json

    return json.dumps(package).encode()


def said(columns):
    return {name: value for name, value in columns.items() if name != "_state"}


def told(*options):
    out = StringIO()
    call_command("fold", *options, stdout=out)
    return out.getvalue()


def test_accepting_an_offer_is_accepting():
    case, dana = escalation(), viewer()
    lifecycle.offer(case, to=dana, until=after(60), now=NOW)
    lifecycle.accept(case, by=dana, now=after(30))
    assert [(fact.state, fact.accepted_at) for fact in facts()] == [("held", after(30))]


@pytest.mark.parametrize(
    ("to", "claimed", "again"),
    [
        ("person", True, True),
        ("lead", True, True),
        ("skill", True, False),
        ("person", False, False),
    ],
)
def test_passed_on_after_it_was_accepted_counts_as_raised_again(to, claimed, again):
    case, dana, amara = escalation(), viewer("dana"), viewer("amara", "supervisor", refunds=1)
    if claimed:
        case = lifecycle.claim(case, by=dana, now=after(5))
    target = {"person": {"person": amara}, "skill": {"skills": {"refunds": 1}}, "lead": {}}[to]
    case = lifecycle.pass_on(case, by=dana, version=case.version, now=after(9), **target)
    assert [fact.raised_again for fact in facts()] == [False]
    approve(case, amara, at=90)
    assert [(fact.passed_on, fact.raised_again) for fact in facts()] == [(again, again)]
    fold.catch_up()
    assert not fold.misjudged().exists()


@pytest.mark.parametrize("back", ["woken", "claimed", "reassigned"])
def test_the_deadline_moves_by_the_time_that_a_case_was_snoozed(back):
    case, dana, ruth = escalation(), viewer(), viewer("ruth", "supervisor")
    due = case.respond_by
    lifecycle.snooze(case, by=dana, version=1, until=after(3600), now=NOW)
    if back == "woken":
        lifecycle.wake(case, now=after(3600))
    elif back == "claimed":
        lifecycle.claim(case, by=dana, now=after(3600))
    else:
        lifecycle.reassign(case, by=ruth, version=2, to=None, until=after(3700), now=after(3600))
    case.refresh_from_db()
    assert [fact.respond_by for fact in facts()] == [case.respond_by] == [due + timedelta(hours=1)]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="Plans are told by SQLite's words.")
def test_folding_reads_what_is_new_by_an_index():
    dana = viewer()
    case = approve(escalation(correlation_id="c"), dana, at=10)
    fold.catch_up()
    escalation(correlation_id="c", re_escalates=case.id, now=after(20))
    with read_whole() as (whole, asked):
        assert fold.catch_up()
    assert Fact.objects.get(pk=case.pk).raised_again
    assert asked
    assert whole == []
    assert "SEARCH escalations_event USING INTEGER PRIMARY KEY" in fold.unfolded().explain()
