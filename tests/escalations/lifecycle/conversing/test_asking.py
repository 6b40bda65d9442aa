import json

import pytest

from escalations import intake, lifecycle, sweeps
from escalations.asked import expected
from escalations.lifecycle.conversing import questions
from escalations.models import Delivery, Escalation, Vote
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.refusals import Conflict, Invalid, NotAllowed
from escalations.schemas import additions
from tests import factories
from tests.factories import NOW, REFUND, after, escalation, viewer
from tests.running.listening import endpoint
from tests.standing import STATES, in_state

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_jump(monkeypatch):
    """The sweeper of each test sees its first moment."""
    monkeypatch.setattr(sweeps, "_watch", sweeps.Watch())


def ask(case, person, *, text="Which order?", wants="more", until=None, now=NOW):
    case = Escalation.objects.get(pk=case.pk)
    return lifecycle.ask(
        case, by=person, version=case.version, wants=wants, text=text,
        until=until or after(900), now=now,
    )  # fmt: skip


def fresh(case):
    return Escalation.objects.get(pk=case.pk)


def kinds_of(case):
    return list(case.events.order_by("position").values_list("kind", flat=True))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", ["dana", "amara"])
def test_every_state(state, who):
    """Dana holds, is offered or decided it; Amara is somebody else."""
    dana, amara = viewer("dana"), viewer("amara")
    case, by = in_state(state, dana), dana if who == "dana" else amara
    free = state == "waiting" or (state == "second" and by is amara)
    if free or (by is dana and state in {"held", "offered"}):
        asked = ask(case, by)
        assert (asked.state, asked.assignee, asked.held_by_id) == ("snoozed", by.username, None)
        assert audit.verify(case.id).findings == []
    else:
        with pytest.raises((Conflict, NotAllowed)):
            ask(case, by)
        assert fresh(case).state == state


def test_the_agent_hears_the_question_and_until_when():
    dana, mira = viewer(), factories.key()
    endpoint(mira, "https://a.example/hook")
    case = ask(escalation(by=mira), dana, wants="version")
    question = {
        "escalation_id": case.id, "version": 2, "wants": "version", "text": "Which order?",
        "by": {"id": "dana", "name": "Dana Whitlock"},
        "asked_at": "2026-11-19T14:00:00.000000Z", "answer_by": "2026-11-19T14:15:00.000000Z",
    }  # fmt: skip
    assert questions.question(fresh(case)) == question
    event = json.loads(Delivery.objects.get(kind="escalation.question").body)
    assert (event["type"], event["id"], event["data"]) == (
        "escalation.question", f"{case.id}/2", question,
    )  # fmt: skip
    assert audit.verify(case.id).findings == []
    Delivery.objects.update(body=json.dumps({**event, "data": {**question, "text": "Another"}}))
    assert [one.sentence[:8] for one in audit.verify(case.id).findings] == ["Message "]


def revised(case, mira):
    intake.revise(mira, fresh(case), json.dumps(REFUND).encode(), now=after(60))


def added(case, mira):
    said = {"messages": [{"role": "customer", "text": "HP-20931"}]}
    lifecycle.add_context(fresh(case), said, agent="mira", now=after(60))


@pytest.mark.parametrize("answer", [revised, added])
def test_its_answer_brings_the_case_back_to_whoever_asked_and_the_clock_runs_on(answer):
    dana, mira = viewer(), factories.key()
    case = escalation(by=mira)
    due = case.respond_by
    ask(case, dana)
    answer(case, mira)
    back = fresh(case)
    assert (back.state, back.assignee, back.snoozed_at) == ("waiting", "dana", None)
    assert questions.question(back) is None
    assert back.respond_by != due
    assert audit.verify(case.id).findings == []


def test_without_an_answer_it_comes_back_when_its_time_is_over():
    dana = viewer()
    case = ask(escalation(), dana)
    assert not lifecycle.wake(fresh(case), now=after(899))
    assert sweeps.sweep(after(900))["woken"] == 1
    assert (fresh(case).state, fresh(case).assignee) == ("waiting", "dana")
    assert kinds_of(case) == ["received", "asked", "woke"]


@pytest.mark.parametrize("answer", [revised, added])
def test_what_others_approved_before_counts_no_longer(answer):
    sofia, dana, mira = viewer("sofia"), viewer("dana"), factories.key()
    case = escalation(by=mira, requested={"approvals_needed": 2})
    case = _approved(case, sofia)
    ask(case, dana)
    assert Vote.objects.get().void_at is None
    answer(case, mira)
    assert Vote.objects.get().void_at == after(60)
    assert fresh(case).state == "waiting"
    assert audit.verify(case.id).findings == []


def _approved(case, person):
    return lifecycle.decide(
        case, Choice("approve"), by=person, version=1, reject_reasons=[], now=NOW
    )


def test_whoever_takes_it_meanwhile_ends_the_question():
    dana, kofi = viewer("dana"), viewer("kofi")
    case = ask(escalation(), dana)
    held = lifecycle.claim(fresh(case), by=kofi, now=after(30))
    assert (held.state, questions.question(held)) == ("held", None)
    assert audit.verify(case.id).findings == []


def test_blanks_ask_nothing_and_alerts_wait_for_nothing():
    dana = viewer()
    with pytest.raises(Invalid) as refused:
        ask(escalation(), dana, text=" \u200b")
    assert refused.value.errors[0].pointer == "/text"
    with pytest.raises(Invalid):
        ask(escalation(), dana, until=NOW)
    case = escalation()
    Escalation.objects.filter(pk=case.pk).update(level=4)
    with pytest.raises(NotAllowed):
        ask(case, dana)


def answered(case, value):
    return lifecycle.add_context(fresh(case), {"answer": value}, agent="mira", now=after(5))


def test_an_answer_of_another_kind_is_refused_and_the_right_one_brings_it_back():
    dana = viewer()
    case = lifecycle.ask(
        escalation(), by=dana, version=1, wants="more", text="How many?", until=after(900),
        expects=expected.of("number"), now=NOW,
    )  # fmt: skip
    assert questions.question(case)["expects"] == {"kind": "number"}
    for wrong in ("five", True, None):
        with pytest.raises(Invalid) as refused:
            answered(case, wrong)
        assert refused.value.errors[0].pointer == "/answer"
        assert refused.value.detail == "The question expects a number."
    assert fresh(case).state == "snoozed"
    case = answered(case, 5)
    assert (case.state, case.assignee) == ("waiting", "dana")
    assert audit.verify().findings == []
    with pytest.raises(Conflict) as refused:
        answered(case, 5)
    assert refused.value.code == "not_asked"


def test_who_changes_what_was_expected_is_found():
    case = lifecycle.ask(
        escalation(), by=viewer(), version=1, wants="more", text="?", until=after(900),
        expects=expected.of("choice", ["A", "B"]), now=NOW,
    )  # fmt: skip
    assert audit.verify().findings == []
    for changed in ({"kind": "choice", "options": ["A", "C"]}, None):
        case.remarks.update(expects=changed)
        assert "was changed" in str(audit.verify().findings)


def test_the_question_and_its_answer_stand_on_the_page_with_the_kind(client):
    dana = factories.person("dana")
    case = lifecycle.ask(
        escalation(), by=factories.viewer_of(dana), version=1, wants="more", text="Which one?",
        until=after(900), expects=expected.of("choice", ["Red <b>", "Blue"]), now=NOW,
    )  # fmt: skip
    client.force_login(dana)

    def page():
        return client.get(f"/escalations/{case.id}/").content.decode()

    assert "expects one of: “Red &lt;b&gt;”, “Blue”" in page()
    assert "No answer of that kind yet." in page()
    case = answered(case, "Red <b>")
    shown = page()
    assert "No answer of that kind yet." not in shown
    assert shown.count("Red &lt;b&gt;") >= 3


def test_what_it_answers_is_judged_like_what_else_it_says():
    case = lifecycle.ask(
        escalation(), by=viewer(), version=1, wants="more", text="?", until=after(900), now=NOW
    )
    with_message = additions.merged({}, [{"messages": [{"role": "agent", "text": "He sues us."}]}])
    assert additions.merged({}, [{"answer": "He sues us."}]) == with_message
    assert answered(case, "He sues us.").state == "waiting"
