from datetime import timedelta

import pytest
from django.template.loader import render_to_string

from escalations.briefing import building, reading
from escalations.models import Addition, Vote
from escalations.proposal.choices import Choice
from escalations.text.differences import Chunk
from tests import packages
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import NOW, after, escalation, key, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana():
    return viewer("dana")


def read(case, dana, **more):
    case.refresh_from_db()
    return reading.context(dana, case, now=NOW, **more)["briefing"]


def test_the_brief_answers_the_four_questions(dana):
    told = read(escalation(), dana)
    assert told.question == "Refund €184.00 to Inès Carvalho?"
    assert told.reason.pieces[0].text == "The refund is €134.00 above the limit."
    assert told.reason_by_agent
    assert [step.sentence for step in told.steps] == ["Refund €184.00: order HP-20931"]
    assert told.draft.facts == "9 words"
    assert told.cost.sentence == "€184.00 at stake. Nothing says whether it can be taken back."
    assert told.approve == "refund €184.00 and reply"


def test_without_a_stated_reason_the_policys_own_stands_there(dana):
    told = read(escalation(packages.SMALLEST), dana)
    assert not told.reason_by_agent
    assert told.reason.pieces[0].text == " ".join(told.policy_reasons[:2])
    assert told.policy_reasons


def test_an_option_with_words_of_its_own_is_shown_whatever_its_id(dana):
    offered = [
        {"id": "approve", "label": "Do nothing"}, {"id": "reject", "label": "Pay 5000 now"},
        {"id": "edit", "label": " Edit "},
    ]  # fmt: skip
    told = read(escalation(requested={"options": offered}), dana)
    assert [(one.id, one.label) for one in told.options] == [
        ("approve", "Do nothing"), ("reject", "Pay 5000 now"),
    ]  # fmt: skip


def test_an_option_that_would_be_refused_is_not_offered(dana):
    asked = {
        "id": "q1", "name": "which", "kind": "question", "allowed_decisions": ["respond"],
        "response_schema": {"enum": ["red", "green"]},
    }  # fmt: skip
    colours = [{"id": one, "label": one} for one in ("red", "blue")]
    offered = {"proposed_actions": [asked], "requested": {"options": colours}}
    assert [one.id for one in read(escalation(**offered), dana).options] == ["red"]
    asked["allowed_decisions"] = ["respond", "reject"]
    assert [one.id for one in read(escalation(**offered), dana).options] == ["red", "blue"]


def test_every_missing_dimension_is_told(dana):
    told = read(escalation(packages.SMALLEST), dana)
    assert told.reasoning is None
    assert told.customer == ()
    assert told.process is None
    assert (told.logs, told.environment) == ((), ())
    assert told.conversation.length == 0
    assert told.missing == (
        "a specific reason",
        "the conversation",
        "its reasoning",
        "the customer",
        "where it stands in the process",
        "logs or errors",
        "evidence for what it claims",
        "next steps",
    )
    assert (told.approve, told.question) == ("", "How should mira go on?")


def test_the_seed_example_reads_as_a_case(dana):
    told = read(escalation(packages.SEED), dana)
    assert told.question == "Send this reply to Acme Corp?"
    assert told.approve == "send the reply"
    assert [option.id for option in told.options] == ["escalate_to_sales"]
    assert told.recommended == "send with modifications"
    assert told.reasoning.percent == "72 %"
    assert [chip.text for chip in told.chips] == ["non-standard request", "high-value account"]


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ({"rule": "refund_over"}, "Rule: refund over"),
        ({"rule": "refund over €50", "observed": "184.00"}, "Rule: refund over €50 (184.00)"),
        ({"rule": "x", "observed": 0, "threshold": 0.5}, "Rule: x (0, threshold 0.5)"),
        ({"rule": "x", "observed": True, "threshold": None}, "Rule: x (yes)"),
        ({"observed": 184, "threshold": 50}, "Observed: 184, threshold 50"),
        ({"rule": "x", "observed": {"a": 1}, "threshold": ""}, "Rule: x"),
        ({"observed": []}, None),
    ],
)
def test_what_a_rule_of_the_agent_saw_is_shown(dana, stated, shown):
    case = escalation(trigger={"type": "policy", "reason": "It is above it.", **stated})
    chips = [one.text for one in read(case, dana).chips]
    assert [one for one in chips if one.startswith(("Rule", "Obs"))] == ([shown] if shown else [])


def test_the_fullest_package_is_told_whole(dana):
    told = read(escalation(packages.FULLEST), dana)
    assert told.agent == "Ledger 1.9"
    assert told.approve == "do all 5 actions and reply"
    assert (len(told.first_steps), len(told.other_steps)) == (5, 0)
    assert [chip.text for chip in told.chips[4:]] == [
        "A message tells the reader what to do",
        "Rule: account changed over 10000",
        "2 people",
        "Evidence missing",
    ]
    assert len(told.more_chips) == 8
    assert told.cost.short == "€241,000.00, cannot be taken back"
    assert [claim.standing for claim in told.claims.claims[:4]] == [
        "unchecked",
        "unchecked",
        "broken",
        "unsupported",
    ]
    assert told.conversation.stretches[0].turns[0].instructs
    assert [option.recommended for option in told.options] == [False, True, False]
    assert told.recommended == ""
    assert [(slot.kind, slot.name) for slot in told.slots] == [
        ("open", "First approver"),
        ("open", "Second approver"),
    ]
    assert [line.label for line in told.others] == ["Surprise"]


def test_an_action_that_may_not_be_approved_has_no_approve(dana):
    actions = [{"id": "a", "name": "ask", "allowed_decisions": ["respond", "reject"]}]
    assert read(escalation(proposed_actions=actions), dana).approve == ""


def test_added_context_is_shown_as_such(dana):
    case = escalation()
    Addition.objects.create(
        escalation=case,
        escalation_version=2,
        received_at=after(60),
        context={"messages": [{"role": "customer", "text": "Any news?"}], "logs": [{"text": "x"}]},
    )
    told = read(case, dana)
    assert told.added == ((after(60), "1 message and 1 log line"),)
    (turn,) = told.conversation.stretches[0].turns
    assert (turn.shown.pieces[0].text, turn.added) == ("Any news?", True)


def test_votes_fill_the_slots_and_blind_ones_hide_the_answer(dana):
    amara = viewer("amara")
    case = decide(escalation(requested={"approvals_needed": 2}), amara)
    told = read(case, dana)
    assert [(slot.kind, slot.name, slot.words) for slot in told.slots] == [
        ("approved", "Amara Whitlock", "Approved"),
        ("open", "Second approver", "Not decided"),
    ]
    case.blind = True
    case.save()
    assert [slot.words for slot in read(case, dana).slots] == ["Has decided", "Not decided"]
    Vote.objects.update(void_at=NOW)
    assert [slot.kind for slot in read(case, dana).slots] == ["void", "open", "open"]


def test_a_decision_shows_by_whom_when_and_what_was_changed(dana):
    edited = {
        "name": "refund",
        "args": {"order_id": "HP-20931", "amount": "68.00", "currency": "EUR"},
    }
    choice = Choice(
        "edit",
        actions=[{"action_id": "a1", "type": "edit", "edited": edited}],
        reply="Dear Inès, we have refunded €68.00 to your card.",
        instructions="Half is enough",
    )
    case = decide(escalation(), dana, choice)
    told = read(case, dana).decided
    assert (told.words, told.by, told.decided_at) == ("Approved with changes", "Dana Whitlock", NOW)
    assert not told.in_effect
    assert told.instructions == "Half is enough"
    (action,) = told.actions
    assert [(c.label, c.was, c.now) for c in action.changes] == [("amount", "184.00", "68.00")]
    assert [c for c in told.reply if c.kind != "same"] == [
        Chunk("out", "184.00"),
        Chunk("in", "68.00"),
    ]


def test_a_rejection_names_its_reason(dana):
    case = decide(escalation(), dana, Choice("reject", reason_code="other"))
    told = read(case, dana).decided
    assert (told.words, told.reason) == ("Rejected", "Another reason")


def test_earlier_cases_of_the_same_customer_are_listed(dana):
    agent = key()
    first = escalation(by=agent, customer_ref="c-1")
    escalation({"task_type": "refund", "summary": "x"}, by=agent, customer_ref="c-2")
    again = escalation(by=agent, customer_ref="c-1", summary="Another", now=NOW + timedelta(days=1))
    assert [case.case_number for case in read(again, dana).earlier] == [first.case_number]
    assert read(first, dana).earlier == ()


def test_tricks_and_hostile_sizes_are_read(dana):
    case = escalation(packages.without_nul(packages.HOSTILE))
    assert read(case, dana).question.endswith("?")
    large = escalation(
        context={
            "conversation": {
                "messages": [{"role": "customer", "text": "x" * 400} for _ in range(2_000)]
            }
        },
        by=key("large"),
    )
    told = read(large, dana)
    assert (told.conversation.length, len(told.conversation.stretches)) == (2_000, 3)
    assert building.turns(large, reading.package_of(large).document, [], first=1, last=1_950).rest


HEAVY = {
    "one endless argument": {
        "proposed_actions": [{"id": "a", "name": "n", "args": {"text": "x" * 900_000}}]
    },
    "very many actions": {
        "proposed_actions": [
            {
                "id": f"a{n}",
                "name": "n",
                "description": "d" * 3_000,
                "args": {f"k{i}": f"v{i}" for i in range(100)},
            }
            for n in range(100)
        ]
    },
    "very many names": {
        "context": {
            "customer": {
                "attributes": {"l": [{"id": str(n), "name": "n" * 20} for n in range(20_000)]}
            }
        },
        "proposed_actions": [
            {"id": "a", "name": "n", "args": {f"k{i}": str(i) for i in range(110)}}
        ],
    },
    "hidden characters only": {"draft_response": {"text": "\u202e a" * 16_000}},
}


@pytest.mark.parametrize("package", HEAVY.values(), ids=list(HEAVY))
def test_no_package_makes_the_page_heavy(dana, package):
    case = escalation({"task_type": "x", "summary": "s", **package})
    case.refresh_from_db()
    page = render_to_string("escalations/briefing.html", reading.context(dana, case, now=NOW))
    assert len(page) < 850_000
    assert page.count("<") < 15_000


def test_what_is_too_large_to_edit_is_left_out_and_said(dana):
    actions = [{"id": n, "name": "n", "args": {"text": "x" * 40_000}} for n in "abc"]
    told = read(escalation(proposed_actions=actions), dana)
    assert ([form.action_id for form in told.edits], told.editing.left_out) == (["a"], 2)


def test_what_moves_money_stands_on_the_page_outside_of_folds(dana):
    bank = {"name": "Bob", "bank": {"iban": "NL91 ABNA 0417 1643 00", "note": "n" * 300}}
    pay = {"name": "pay", "args": {"amount": "20.00", "currency": "EUR", "payee": bank}}
    look = {"id": "a4", "name": "look_up", "args": {"text": "t" * 300}}
    actions = [{"id": f"a{number}", **pay} for number in (1, 2, 3)]
    case = escalation({"task_type": "x", "summary": "s", "proposed_actions": [*actions, look]})
    case.refresh_from_db()
    page = render_to_string("escalations/briefing.html", reading.context(dana, case, now=NOW))
    shown = page.partition("<dt>In full</dt>")[2].partition("</dl>")[0]
    assert "<details" not in shown
    assert shown.count("iban NL91 ABNA 0417 1643 00") == 3
    assert shown.count("Whole call of: ") == 3
    assert "Look up" not in shown
