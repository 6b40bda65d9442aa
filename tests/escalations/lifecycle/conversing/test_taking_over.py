import pytest

from escalations import intake, lifecycle, sweeps
from escalations.lifecycle import effect
from escalations.lifecycle.conversing import taking_over
from escalations.models import Decision, Delivery, Escalation, State, Vote
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.refusals import Conflict, Invalid, NotAllowed
from escalations.schemas import decision as schema
from metrics import fold
from routing.models import Unit
from tests import factories
from tests.escalations.lifecycle.conversing.talking import handed_back, heard, kinds_of, live
from tests.factories import NOW, after, escalation, viewer
from tests.metrics.policies import publish
from tests.running.listening import endpoint
from tests.standing import in_state

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_jump(monkeypatch):
    """The sweeper of each test sees its first moment."""
    monkeypatch.setattr(sweeps, "_watch", sweeps.Watch())


def fresh(case):
    return Escalation.objects.get(pk=case.pk)


def test_one_act_assigns_tells_the_agent_to_stop_and_the_customer_who_is_there():
    dana, mira = viewer(), factories.key()
    endpoint(mira, "https://a.example/hook")
    case = lifecycle.take_over(escalation(by=mira), by=dana, version=1, now=NOW)

    assert (case.state, case.version, case.held_by_id) == ("live", 2, dana.user_id)
    assert (case.taken_over_at, case.lease_until) == (NOW, after(60))
    document = effect.in_effect(case).document
    schema.Decision.model_validate(document)
    greeting = "You are speaking with Dana Whitlock now, who has read the conversation so far."
    assert (document["outcome"], document["final"], document["proceed"]) == (
        "taken_over", False, False,
    )  # fmt: skip
    assert document["take_over"] == {
        "mode": "temporary", "by": "dana", "since": "2026-11-19T14:00:00.000000Z",
    }  # fmt: skip
    assert document["response"] == {"text": greeting, "edited": False, "sent_by": "operator"}
    assert document["actions"] == []
    said = case.chat_messages.get()
    assert (said.number, said.role, said.text) == (1, "system", greeting)
    assert Delivery.objects.get().kind == "escalation.taken_over"
    assert kinds_of(case) == ["received", "taken_over"]
    assert Unit.objects.get(escalation=case).person_id == dana.user_id
    assert audit.verify(case.id).findings == []


@pytest.mark.parametrize("state", ["waiting", "second", "offered", "held"])
def test_it_is_taken_over_from_where_it_can_be_answered(state):
    sofia = viewer("sofia")
    case = in_state(state, sofia)
    by = viewer("dana") if state in {"waiting", "second"} else sofia
    taken = lifecycle.take_over(case, by=by, version=case.version, now=NOW)
    assert (taken.state, taken.held_by_id) == ("live", by.user_id)
    assert audit.verify(case.id).findings == []


@pytest.mark.parametrize("state", ["snoozed", "decided", "cancelled", "expired"])
def test_from_elsewhere_it_is_not(state):
    dana = viewer()
    case = in_state(state, dana)
    with pytest.raises(Conflict):
        lifecycle.take_over(case, by=dana, version=case.version, now=NOW)
    assert fresh(case).state == state


def test_of_two_the_second_hears_who_was_first():
    dana, kofi = viewer("dana"), viewer("kofi")
    case = live(dana)
    with pytest.raises(Conflict) as refused:
        lifecycle.take_over(case, by=kofi, version=2, now=NOW)
    assert (refused.value.code, refused.value.by.id) == ("taken_over", "dana")


def test_parts_that_others_had_are_void():
    case = in_state("second", viewer("sofia"))
    lifecycle.take_over(case, by=viewer("dana"), version=case.version, now=after(1))
    assert Vote.objects.get().void_at == after(1)
    assert audit.verify(case.id).findings == []


def test_who_is_excluded_takes_nothing_over():
    case = escalation(requested={"excluded_reviewers": ["dana"]})
    with pytest.raises(NotAllowed):
        lifecycle.take_over(case, by=viewer(), version=1, now=NOW)


def revise(case, mira):
    intake.revise(mira, case, b'{"task_type": "refund", "summary": "Another"}', now=after(1))


def cancel(case, mira):
    lifecycle.cancel(case, agent="mira", now=after(1))


def add(case, mira):
    said = {"messages": [{"role": "agent", "text": "Hi"}]}
    lifecycle.add_context(case, said, agent="mira", now=after(1))


def supersede(case, mira):
    document = b'{"task_type": "refund", "summary": "Anew", "supersedes": "%s"}'
    intake.accept(mira, document % case.id.encode(), now=after(1))


@pytest.mark.parametrize("held", [True, False], ids=["held", "left alone"])
@pytest.mark.parametrize("act", [revise, cancel, add, supersede])
def test_what_the_agent_sends_does_not_act_meanwhile(act, held):
    mira = factories.key()
    case = live(viewer(), by=mira)
    if not held:
        sweeps.sweep(after(61))
    version, cases = fresh(case).version, Escalation.objects.count()
    with pytest.raises(Conflict) as refused:
        act(fresh(case), mira)
    who = "Dana Whitlock" if held else "A person"
    assert refused.value.code == "taken_over"
    assert refused.value.detail == (
        f"{who} has taken this conversation over: say and do nothing in it until it is handed back."
    )
    assert (fresh(case).version, Escalation.objects.count()) == (version, cases)


@pytest.mark.parametrize("command", ["approve", "reject", "respond"])
def test_nobody_decides_what_people_speak_of(command):
    dana = viewer()
    case = live(dana)
    choice = Choice(command, message="No.", reason_code=None)
    with pytest.raises(Conflict) as refused:
        lifecycle.decide(case, choice, by=dana, version=2, reject_reasons=[], now=NOW)
    assert refused.value.code == "taken_over"
    for act in (
        lambda: lifecycle.release(case, by=dana, version=2, now=NOW),
        lambda: lifecycle.snooze(case, by=dana, version=2, until=after(600), now=NOW),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "taken_over"
    assert Decision.objects.count() == 1


def test_handed_back_the_agent_hears_what_was_promised_and_where_it_goes_on():
    dana = viewer()
    case = live(dana)
    heard(case, "When?", now=after(5))
    lifecycle.say(case, "By noon.", by=dana, now=after(9))
    done = handed_back(
        case, dana, now=after(20), resume_at="Confirm the delivery",
        first_line="Thank you, Inès.", promises=["Before noon."], instructions="Never before ten.",
        read_to=3,
    )  # fmt: skip

    assert (done.state, done.outcome, done.held_by_id) == ("decided", "returned", None)
    assert not Unit.objects.filter(escalation=case).exists()
    document = effect.in_effect(done).document
    schema.Decision.model_validate(document)
    assert (document["sequence"], document["final"], document["proceed"]) == (2, True, False)
    assert (document["outcome"], document["instructions"]) == ("returned", "Never before ten.")
    told = document["take_over"]
    assert [one["text"] for one in told.pop("transcript")][1:] == ["When?", "By noon."]
    assert told == {
        "mode": "temporary", "by": "dana", "since": "2026-11-19T14:00:00.000000Z",
        "until": "2026-11-19T14:00:20.000000Z", "resume_at": "Confirm the delivery",
        "first_line": "Thank you, Inès.", "promises": ["Before noon."],
    }  # fmt: skip
    assert kinds_of(case) == ["received", "taken_over", "heard", "said", "returned"]
    assert audit.verify(case.id).findings == []
    fold.catch_up()
    assert (case.fact.outcome, case.fact.override) == ("returned", "taken_over")


def test_closed_the_agent_goes_on_nowhere():
    dana = viewer()
    done = handed_back(live(dana), dana, closes=True)
    document = effect.in_effect(done).document
    assert (document["outcome"], document["final"]) == ("taken_over", True)
    assert (done.outcome, document["take_over"]["mode"]) == ("taken_over", "full")
    assert audit.verify(done.id).findings == []
    with pytest.raises(Invalid):
        handed_back(live(dana), dana, closes=True, first_line="Hello again.")


def test_it_is_not_handed_back_over_words_that_nobody_read():
    dana = viewer()
    case = live(dana)
    heard(case, "And the invoice?")
    with pytest.raises(Conflict) as refused:
        handed_back(case, dana, read_to=1)
    assert refused.value.detail == "The customer wrote meanwhile. Read it before you hand back."
    assert handed_back(case, dana, read_to=2).outcome == "returned"


def test_only_who_has_the_conversation_hands_it_back():
    dana, kofi = viewer("dana"), viewer("kofi")
    case = live(dana)
    with pytest.raises(Conflict):
        handed_back(case, kofi)
    with pytest.raises(Conflict) as refused:
        handed_back(lifecycle.claim(escalation(), by=dana, now=NOW), dana)
    assert refused.value.code == "not_taken_over"
    handed_back(case, dana)
    with pytest.raises(Conflict) as refused:
        handed_back(case, dana)
    assert refused.value.code == "closed"


def test_handed_back_is_not_undone():
    dana = viewer()
    done = handed_back(live(dana), dana)
    with pytest.raises(Conflict) as refused:
        lifecycle.undo(done, by=dana, version=done.version, now=after(1))
    assert refused.value.code == "too_late"


def test_a_holder_who_is_gone_leaves_the_conversation_to_the_next_and_the_agent_silent():
    dana, kofi = viewer("dana"), viewer("kofi")
    case = live(dana)
    assert sweeps.sweep(after(61))["leases_ended"] == 1
    left = fresh(case)
    assert (left.state, left.held_by_id, left.taken_over_at) == ("waiting", None, NOW)
    heard(left, "Are you there?", now=after(62))
    taken = lifecycle.claim(left, by=kofi, now=after(70))
    assert (taken.state, taken.held_by_id) == ("live", kofi.user_id)
    lifecycle.say(taken, "I am Kofi.", by=kofi, now=after(71))
    handed_back(taken, kofi, now=after(72))
    assert kinds_of(case) == [
        "received", "taken_over", "lease_ended", "heard", "claimed", "said", "returned",
    ]  # fmt: skip
    assert audit.verify(case.id).findings == []


def test_what_was_left_alone_is_not_decided_by_whoever_opens_it():
    case = live(viewer("dana"))
    sweeps.sweep(after(61))
    kofi = viewer("kofi")
    with pytest.raises(Conflict) as refused:
        lifecycle.decide(
            fresh(case), Choice("approve"), by=kofi, version=3, reject_reasons=[], now=after(62)
        )
    assert refused.value.code == "taken_over"


def test_whoever_comes_back_to_it_is_not_introduced_again():
    dana, mira = viewer(), factories.key()
    endpoint(mira, "https://a.example/hook")
    case = live(dana, by=mira)
    sweeps.sweep(after(61))
    lifecycle.claim(fresh(case), by=dana, now=after(62))
    assert case.chat_messages.count() == 1
    ruth = viewer("ruth", "supervisor")
    lifecycle.hand_over(fresh(case), holder=dana.user_id, to=ruth, now=after(63))
    assert Delivery.objects.get(kind="escalation.message").message.author == "Ruth Whitlock"
    assert audit.verify(case.id).findings == []


@pytest.mark.parametrize("way", ["passed on", "given", "handed over"])
def test_a_conversation_that_changes_hands_goes_on(way):
    dana, kofi, ruth = viewer("dana"), viewer("kofi"), viewer("ruth", "supervisor")
    case = live(dana)
    if way == "passed on":
        passed = lifecycle.pass_on(case, by=dana, version=2, person=kofi, now=after(1))
        assert passed.state == "waiting"
        case = lifecycle.claim(passed, by=kofi, now=after(2))
    elif way == "given":
        lifecycle.reassign(case, by=ruth, version=2, to=kofi, until=after(120), now=after(1))
        case = lifecycle.accept(case, by=kofi, now=after(2))
    else:
        case = lifecycle.hand_over(case, holder=dana.user_id, to=kofi, now=after(2))
    assert (case.state, case.held_by_id, case.taken_over_at) == ("live", kofi.user_id, NOW)
    with pytest.raises(Conflict):
        lifecycle.say(case, "Still me.", by=dana, now=after(3))
    lifecycle.say(case, "Now me.", by=kofi, now=after(3))
    told = case.chat_messages.order_by("number").values_list("role", "text")
    assert list(told)[1:] == [
        (
            "system",
            "You are speaking with Kofi Whitlock now, who has read the conversation so far.",
        ),
        ("operator", "Now me."),
    ]
    assert audit.verify(case.id).findings == []


def test_nothing_ends_it_but_they_themselves():
    deadlines = {"expires_at": after(30).isoformat(), "on_timeout": "reject"}
    dana = viewer()
    case = live(dana, deadlines=deadlines)
    assert sweeps.sweep(after(31))["expired"] == 0
    lifecycle.say(case, "Still here.", by=dana, now=after(32))
    sweeps.sweep(after(100))
    assert fresh(case).state == "waiting"
    assert handed_back(lifecycle.claim(case, by=dana, now=after(101)), dana, now=after(102))
    assert State.LIVE in State.open()


def test_nobody_is_alerted_while_somebody_speaks():
    dana = viewer()
    case = live(dana)
    due = fresh(case).alert_at
    assert due is not None
    lifecycle.keep([case.pk], now=due)
    assert list(Escalation.objects.alerting(due)) == []
    assert not lifecycle.raise_alert(case, now=due)
    Escalation.objects.filter(pk=case.pk).update(state="waiting", held_by=None)
    assert list(Escalation.objects.alerting(due)) == [case]


@pytest.mark.parametrize("how", ["said", "first line", "promise"])
def test_no_conversation_is_a_way_round_a_rule_on_replies(how):
    """What needs two people as a reply needs them here; other words do not."""
    rule = {
        "field": "draft_response.text", "operator": "mentions", "value": ["chargeback"],
        "level": 2, "approvals": 2, "reason": "Chargeback promised",
    }  # fmt: skip
    publish(refund={"rules": [rule]})
    dana = viewer("dana")
    case = lifecycle.take_over(escalation(), by=dana, version=1, now=NOW)

    def send(text):
        if how == "said":
            return lifecycle.say(fresh(case), text, by=dana, now=after(1))
        key = {"first_line": text} if how == "first line" else {"promises": [text]}
        told = taking_over.HandBack(resume_at="Report", **key)
        stands = fresh(case)
        return taking_over.hand_back(stands, told, by=dana, version=stands.version, now=after(1))

    with pytest.raises(Conflict) as refused:
        send("We will make a chargeback.")
    assert refused.value.code == "held_by_rule"
    assert "chargeback promised" in refused.value.detail
    assert (case.chat_messages.count(), Decision.objects.count()) == (1, 1)
    send("We will look into it.")
    assert audit.verify(case.id).whole


def test_what_a_case_asks_for_anyway_keeps_nobody_from_speaking():
    publish(refund={"approvals": 2, "skills": {"fraud": 3}})
    dana = viewer("dana", fraud=3)
    case = lifecycle.take_over(escalation(), by=dana, version=1, now=NOW)
    lifecycle.say(case, "How can I help?", by=dana, now=after(1))
    assert case.chat_messages.count() == 2
