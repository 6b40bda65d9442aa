"""Money that a person adds in words is judged like a call of that amount; what the case names is
never held."""

import pytest

from escalations import lifecycle
from escalations.lifecycle import rejudging
from escalations.lifecycle.conversing import taking_over
from escalations.models import Decision, Escalation, State
from escalations.policy import check, versions
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.record.lines import Actor
from escalations.refusals import Conflict
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import NOW, after, escalation, viewer

pytestmark = pytest.mark.django_db

LIMITS = {"EUR": {"approve_up_to": "5000.00", "two_people_from": "400.00"}}
CALL = {"order_id": "HP-20931", "amount": "184.00", "currency": "EUR"}


@pytest.fixture(autouse=True)
def _policy():
    publish()


def publish(**refund):
    kept = {"amounts": LIMITS, "replies": [{"title": "By law", "text": "You may get €600.00."}]}
    document = {"schema": "handoff.policy/1", "task_types": {"refund": {**kept, **refund}}}
    expected, by = versions.current().number, Actor("operator", "test")
    versions.publish(check.check(document), by=by, now=NOW, expected=expected)


def edit(**args):
    return [{"action_id": "a1", "type": "edit", "edited": {"name": "refund", "args": CALL | args}}]


# Each way in which words leave, with {} where the money stands.
WAYS = {
    "reply": lambda said: Choice("approve", reply=said),
    "reply of an edit": lambda said: Choice("edit", actions=edit(amount="90.00"), reply=said),
    "answer": lambda said: Choice("respond", message=said),
    "answer to one": lambda said: Choice(
        "respond", actions=[{"action_id": "a1", "type": "respond", "message": said}]
    ),
    "reply beside an answer": lambda said: Choice("respond", message="No.", reply=said),
    "instructions": lambda said: Choice("approve", instructions=said),
    "argument that is a text": lambda said: Choice("edit", actions=edit(note=said)),
}


@pytest.mark.parametrize("way", WAYS)
def test_money_over_the_limit_of_one_person_waits_for_another(way):
    case, dana, amara = escalation(), viewer(), viewer("amara")
    case = decide(case, dana, WAYS[way]("You get another €600.50 on top."))
    assert (case.state, case.approvals, Decision.objects.count()) == (State.SECOND, 2, 0)
    assert Escalation.objects.get().reasons[0]["sentence"] == (
        "Written by a person: the amount is €600.50; two people approve from €400.00."
    )
    case = decide(case, amara, now=after(1))
    case = decide(case, viewer("tomasz"), now=after(2))
    assert (case.state, Decision.objects.count()) == (State.DECIDED, 1)
    assert audit.verify(case.id).whole


@pytest.mark.parametrize("way", WAYS)
def test_money_over_the_limit_of_a_level_is_held_with_the_rule(way):
    case, choice = escalation(), WAYS[way]("You get 6.000,00 € by Friday.")
    told = "he amount is €6,000.00; a person takes over above €5,000.00."
    _, held = rejudging.foreseen(case, choice, now=NOW)
    assert held.startswith(f"Money in your words: t{told} Sent, it is held")
    with pytest.raises(Conflict) as refused:
        decide(case, viewer(), choice)
    assert refused.value.detail == f"Not sent: money in your words: t{told}"
    assert (Escalation.objects.get().level, Decision.objects.count()) == (3, 0)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "words",
    [
        "You asked for €6,000.00, and that is not possible.",
        "The invoice over € 7,200 stays as it is.",
        "About €7,200 is what you paid.",
        "You paid 850 EUR then.",
        "Both are €900.00.",
        "The log says 777.00 EUR.",
        "By law you may get €600.00.",
        "You get €399.99 on top.",
        "All 6000 of order 48213, 6000 pieces on 24.12.2026.",
        "It is 100 % sure.",
    ],
)
def test_what_the_case_names_or_what_is_no_money_is_not_held(way, words):
    case = escalation(
        summary="The customer wants €6,000.00.",
        metadata={"invoice_total": "7199.60", "paid_cents": 85000},
        proposed_actions=[
            {"id": "a1", "name": "refund", "args": CALL},
            {"id": "a2", "name": "refund", "args": CALL | {"amount": "716.00"}},
        ],
    )
    lifecycle.add_context(case, {"logs": [{"text": "Total 777.00"}]}, agent="mira", now=after(1))
    case = Escalation.objects.get()
    before = case.approvals, case.level
    _, held = rejudging.foreseen(case, _all(WAYS[way](words)), now=after(2))
    assert (held, before) == ("", (2, 2))


def _all(choice):
    """The choice with a verdict for the second action as well."""
    if not choice.actions:
        return choice
    verdict = "respond" if choice.command == "respond" else "approve"
    given = {"action_id": "a2", "type": verdict}
    more = {"message": "No."} if verdict == "respond" else {}
    return Choice(
        choice.command, actions=[*choice.actions, given | more], reply=choice.reply,
        message=choice.message, instructions=choice.instructions,
    )  # fmt: skip


@pytest.mark.parametrize(
    "words", ["You get €931.00, as for HP-931.", "You get £931.00.", "You get €9001."]
)
@pytest.mark.parametrize("way", ["reply", "answer", "instructions", "argument that is a text"])
def test_no_number_of_that_size_is_a_way_round(way, words):
    """Neither a code nor a postcode nor an amount in another currency names money."""
    case = escalation(
        summary="Refund HP-931 and #931 to ZIP 9001, order 931?",
        metadata={"zip": "9001", "order": 931, "paid": "CHF 931.00"},
    )
    publish(amounts={"EUR": {"two_people_from": "400.00"}})
    case = decide(case, viewer(), WAYS[way](words))
    assert (case.state, case.approvals) == (State.SECOND, 2)


def test_a_rejection_is_never_held():
    said = "Our limit is €6,500.00, and this is above it."
    case = decide(escalation(), viewer(), Choice("reject", instructions=said))
    assert case.state == State.DECIDED


def test_a_refund_that_several_approve_may_be_told_of():
    """Who edits the call to it and writes so is held once, by the call."""
    publish(undo_s=0)
    choice = Choice("edit", actions=edit(amount="450.00"), reply="You get €450.00.")
    case = decide(escalation(), viewer(), choice)
    reasons = [one["sentence"] for one in Escalation.objects.get().reasons]
    assert case.state == State.SECOND
    assert not [one for one in reasons if one.startswith("Written by a person")]


@pytest.mark.parametrize("where", ["said", "first line", "promises"])
def test_no_conversation_is_a_way_round_a_limit(where):
    dana = viewer("dana")
    case = lifecycle.take_over(escalation(), by=dana, version=1, now=NOW)

    def send(text):
        stands = Escalation.objects.get()
        if where == "said":
            return lifecycle.say(stands, text, by=dana, now=after(1))
        name = where.replace(" ", "_")
        told = taking_over.HandBack(
            resume_at="Report", **{name: [text] if where == "promises" else text}
        )
        return taking_over.hand_back(stands, told, by=dana, version=stands.version, now=after(1))

    with pytest.raises(Conflict) as refused:
        send("You get €6,000.00.")
    assert refused.value.code == "held_by_rule"
    assert "two people approve from €400.00" in refused.value.detail
    send("You get your €184.00, and €50.00 on top.")
    assert case.chat_messages.count() == (2 if where == "said" else 1)


@pytest.mark.parametrize("step", ["Refund €6,000.00", "pay_6000_eur", "Send EUR 6000 back"])
def test_money_in_the_step_at_which_the_agent_goes_on_is_judged(step):
    dana = viewer("dana")
    case = lifecycle.take_over(escalation(), by=dana, version=1, now=NOW)
    back = taking_over.HandBack(resume_at=step)
    with pytest.raises(Conflict) as refused:
        taking_over.hand_back(case, back, by=dana, version=case.version, now=after(1))
    assert refused.value.code == "held_by_rule"
    assert "two people approve from €400.00" in refused.value.detail
    back = taking_over.HandBack(resume_at="Refund €184.00")
    case = taking_over.hand_back(case, back, by=dana, version=case.version, now=after(1))
    assert case.state == State.DECIDED


def test_the_agent_may_be_told_to_ask_for_it():
    """Which is the way that is left: what it asks for is judged by itself."""
    dana = viewer("dana")
    case = lifecycle.take_over(escalation(), by=dana, version=1, now=NOW)
    told = taking_over.HandBack(resume_at="Report", instructions="Ask for a refund of €6,000.00.")
    case = taking_over.hand_back(case, told, by=dana, version=case.version, now=after(1))
    assert case.state == State.DECIDED


def test_what_is_masked_is_not_told_by_the_reason():
    case = escalation(redactions=["/draft_response/text"])
    said = "You get another €600.50 on top."
    case = decide(case, viewer(), Choice("approve", reply=said))
    assert case.state == State.SECOND
    assert "600" not in str(Escalation.objects.get().reasons)


@pytest.mark.parametrize("way", ["reply", "answer", "instructions", "argument that is a text"])
def test_a_hard_rule_on_amounts_holds_words_as_it_holds_a_call(way):
    """€12,000 promised in a reply left where a call of it was held."""
    publish(amounts={})
    case, dana, choice = escalation(), viewer(), WAYS[way]("You get €12,000.00.")
    with pytest.raises(Conflict) as refused:
        decide(case, dana, choice)
    assert "€12,000.00 is above €10,000.00" in refused.value.detail
    case = decide(Escalation.objects.get(), dana, choice)
    assert (case.state, Decision.objects.count()) == (State.DECIDED, 1)


def test_a_message_is_refused_above_what_a_person_may_take_over():
    publish(amounts={"EUR": {"approve_up_to": "500.00", "take_over_up_to": "5000.00"}})
    dana = viewer("dana")
    lifecycle.take_over(escalation(), by=dana, version=1, now=NOW)
    with pytest.raises(Conflict) as refused:
        lifecycle.say(Escalation.objects.get(), "You get €6,000.00.", by=dana, now=after(1))
    assert "people are alerted at once above €5,000.00" in refused.value.detail
    lifecycle.say(Escalation.objects.get(), "You get €4,000.00.", by=dana, now=after(1))
    Escalation.objects.update(level=4)
    lifecycle.say(Escalation.objects.get(), "You get €6,000.00.", by=dana, now=after(2))


def test_a_hard_rule_alone_keeps_nobody_from_speaking():
    publish(amounts={})
    dana = viewer("dana")
    case = lifecycle.take_over(escalation(), by=dana, version=1, now=NOW)
    lifecycle.say(case, "You get €12,000.00, or SAR 5.", by=dana, now=after(1))
    assert case.chat_messages.count() == 2
