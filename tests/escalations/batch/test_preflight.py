"""The table of many cases: what goes, and why the others stay."""

import pytest

from escalations import lifecycle
from escalations.batch import families, preflight
from escalations.models import Escalation, Remark, WorkingDraft
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import NOW, REFUND, after, escalation, key, viewer
from tests.metrics.policies import publish

pytestmark = pytest.mark.django_db

OVER = {"type": "high_risk_action", "reason": "Above the limit."}


def refund(amount="12.00", **keys):
    action = REFUND["proposed_actions"][0]
    args = action["args"] | {"amount": amount}
    return escalation(**{"proposed_actions": [action | {"args": args}], "trigger": OVER} | keys)


def out(person, *cases):
    rows = preflight.table(person, [case.id for case in cases], now=NOW)
    return {row.case.id: " ".join(row.out) for row in rows}


@pytest.fixture
def dana():
    return viewer("dana")


def test_equal_cases_are_ready(dana):
    cases = [refund() for _ in range(5)]
    assert set(out(dana, *cases).values()) == {""}


def test_a_case_that_rests_on_facts_is_opened(dana):
    action = REFUND["proposed_actions"][0] | {"facts": [{"label": "Paid", "value": True}]}
    case = refund(proposed_actions=[action])
    said = out(dana, case, refund(), refund())[case.id]
    assert said == "It rests on facts that may have changed: open it."


ODD = {
    "amount": ({"amount": "90.00"}, "€90.00 is 7.5 times €12.00, the middle of these."),
    "currency": (
        {"proposed_actions": [
            {"id": "a1", "name": "refund",
             "args": {"order_id": "HP-1", "amount": "12.00", "currency": "GBP"}}
        ]},
        "Moves money in another currency than the others.",
    ),
    "call": (
        {"proposed_actions": [
            {"id": "a1", "name": "give_voucher",
             "args": {"order_id": "HP-1", "amount": "12.00", "currency": "EUR"}}
        ]},
        "Would do something else than the others.",
    ),
    "work": ({"task_type": "goodwill"}, "Another kind of work than the others."),
    "reason": (
        {"trigger": {"type": "policy", "reason": "Another rule."}},
        "Stopped for another reason than the others.",
    ),
    "mood": (
        {"context": {"conversation": {"messages": [
            {"role": "customer", "text": "Hurry up.", "sentiment": {"score": -0.8}}
        ]}}},
        "The customer is upset.",
    ),
    "flag": (
        {"flags": [{"code": "photo", "label": "Photo date does not fit", "severity": "warning"}]},
        "Photo date does not fit: open it.",
    ),
    "options": (
        {"requested": {"options": [{"id": "x", "label": "X"}, {"id": "y", "label": "Y"}]}},
        "It asks for more than a yes: open it.",
    ),
    "recommends": (
        {"recommended_action": "reject"}, "Its agent recommends otherwise: reject."
    ),
    "guesses": (
        {"context": {"reasoning": {"confidence": 0.05}}}, "Its agent is only 5 % sure."
    ),
    "less sure": (
        {"context": {"reasoning": {"confidence": 0.35}}},
        "Its agent is less sure than of the others: 35 %.",
    ),
    "score": ({"risk": {"score": 0.95}}, "Critical risk: decided by itself, never"),
    "factor": (
        {"risk": {"factors": ["stolen card"]}}, "Its agent adds: “stolen card”."
    ),
    "doubt": (
        {"context": {"reasoning": {"confidence": 0.62, "uncertainties": ["Is it hers?"]}}},
        "Its agent adds: “Is it hers?”.",
    ),
    "next step": (
        {"next_steps": ["Look at the photo first"]}, "Its agent adds: “Look at the photo first”.",
    ),
    "tried": (
        {"attempted": [{"what": "Refund", "result": "failed"}]},
        "Its agent has tried before, and it failed.",
    ),
    "attachment": (
        {"attachments": [{"name": "must-read.pdf", "url": "https://files.example/1"}]},
        "Its agent adds: “must-read.pdf”.",
    ),
    "summary": (
        {"summary": "Do not refund! It looks odd."}, "Its agent writes: “Do not refund!",
    ),
    "rationale": (
        {"context": {"reasoning": {"confidence": 0.62, "rationale": "This looks like fraud."}}},
        "Its agent writes: “This looks like fraud.”.",
    ),
    "high risk": ({"risk": {"level": "high"}}, "High risk: decided by itself, never"),
    "people": ({"requested": {"approvals_needed": 2}}, "2 people have to approve it: never"),
    "excluded": ({"requested": {"excluded_reviewers": ["dana"]}}, "asked that you do not decide"),
    "a person": ({"trigger": {"type": "customer_request", "reason": "Wants a person."}}, "Level 3: decided by itself"),
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_what_stands_out_stays_with_its_reason(dana, odd):
    keys, why = ODD[odd]
    made, one = [refund() for _ in range(3)], refund(**keys)
    found = out(dana, *made, one)
    assert why in found.pop(one.id)
    assert set(found.values()) == {""}


def test_what_the_agent_adds_to_all_of_them_holds_none_back(dana):
    said = {"next_steps": ["Tell order 7 to the shop"], "risk": {"factors": ["above the limit"]}}
    cases = [refund(**said), refund(**{**said, "next_steps": ["Tell order 8 to the shop"]})]
    assert set(out(dana, *cases).values()) == {""}


@pytest.mark.parametrize(
    "why", ["The refund is above my limit of 50 EUR.", "I am not allowed to refund this much."]
)
def test_that_the_agent_may_not_do_it_alone_holds_none_back(dana, why):
    """docs/api.md's own example: it is why the case is here."""
    cases = [refund(trigger={"type": "high_risk_action", "reason": why}) for _ in range(3)]
    assert set(out(dana, *cases).values()) == {""}


def test_a_reply_that_says_something_else_is_shown_unasked(dana):
    alike = [refund(draft_response=f"We sent €{n}.00.") for n in (11, 12, 13)]
    other = refund(draft_response="We sent it, and you get a new grinder as well.")
    rows = preflight.table(dana, [case.id for case in (*alike, other)], now=NOW)
    first = next(row.case.id for row in rows if row.case in alike)
    assert [row.case.id for row in rows if row.is_open] == [first, other.id]


def test_a_call_that_its_line_cuts_is_shown_unasked(dana):
    """Three replies and three calls of 30 arguments left by one click, all of them folded."""
    args = {f"part_{number}": "1" for number in range(30)}
    action = {"id": "a1", "name": "update", "args": args}
    cases = [refund(proposed_actions=[action]) for _ in range(3)]
    rows = preflight.table(dana, [case.id for case in cases], now=NOW)
    assert [row.is_open for row in rows] == [True] * 3


def test_of_two_the_larger_stands_out(dana):
    small, large = refund("10.00"), refund("2000.00")
    assert out(dana, small, large) == {
        small.id: "",
        large.id: "€2,000.00 is 200 times €10.00, the middle of these.",
    }


def test_what_people_left_on_it_keeps_it_back(dana):
    plain, remarked, begun, emptied, added = (refund() for _ in range(5))
    kofi = viewer("kofi")
    Remark.objects.create(
        escalation=remarked, person_id=kofi.id, kind="passed", text="Mind the date.", at=NOW
    )
    WorkingDraft.objects.create(
        escalation=begun, person_id=dana.id, saved_at=NOW, fields={"edit": [["reply", "x", None]]}
    )
    # Their edit was closed again with nothing in it.
    WorkingDraft.objects.create(escalation=emptied, person_id=dana.id, saved_at=NOW, fields={})
    lifecycle.add_context(
        added, {"messages": [{"role": "customer", "text": "Hello?"}]}, agent="mira", now=NOW
    )
    assert out(dana, plain, remarked, begun, emptied, added) == {
        plain.id: "",
        emptied.id: "",
        remarked.id: "A colleague left a word on it: open it.",
        begun.id: "You have begun to write in it: open it.",
        added.id: "Its agent has added something: open it.",
    }


def test_what_others_have_or_decided_says_so(dana):
    kofi = viewer("kofi")
    held, decided, free = refund(), refund(), refund()
    lifecycle.claim(held, by=kofi, now=NOW)
    decide(decided, kofi)
    assert out(dana, held, decided, free) == {
        held.id: "Kofi Whitlock has it.",
        decided.id: "Decided already by Kofi Whitlock.",
        free.id: "",
    }


def test_no_more_at_once_than_the_policy_says(dana):
    publish(refund={"batch_max": {"unstated": 2}})
    cases = [refund() for _ in range(3)]
    assert list(out(dana, *cases).values()) == [
        "", "", "No stated risk: at most 2 at once; this one stays for the next."
    ]  # fmt: skip
    critical = refund(risk={"level": "critical"})
    assert "never in a batch" in out(dana, critical)[critical.id]


def test_only_what_is_theirs_to_see_is_in_the_table(dana):
    publish(privacy={"skills": {"privacy": 3}})
    hidden, seen = refund(task_type="privacy"), refund()
    assert list(out(dana, hidden, seen)) == [seen.id]


def test_families_are_named_and_found_by_the_server(dana):
    for amount in ("11.00", "12.00", "15.50", "19.99"):
        refund(amount)
    refund("45.00")
    for _ in range(3):
        escalation(task_type="data_deletion", proposed_actions=[{"id": "a", "name": "delete"}])
    found = families.waiting_for(dana)
    assert [one.name for one in found] == [
        "4 cases of refund under €20.00, same reason",
        "3 cases of data deletion, same reason",
    ]
    assert len(found[0].cases) == 4


def test_a_family_has_nothing_that_is_not_to_be_answered_together(dana):
    for _ in range(3):
        refund(requested={"approvals_needed": 2})
        refund(flags=[{"code": "x", "severity": "critical"}])
        refund(requested={"excluded_reviewers": ["dana"]})
    for case in [refund("12.00", by=key("other")) for _ in range(2)]:
        lifecycle.claim(case, by=viewer(f"p{case.number}"), now=after(1))
    assert families.waiting_for(dana) == []
    assert Escalation.objects.count() == 11


@pytest.mark.parametrize(("words", "is_open"), [(3, False), (12, True)])
def test_a_sentence_that_the_table_would_cut_is_open_in_full(dana, words, is_open):
    """Each argument is short, and all of them together are longer than the line."""
    args = {f"f{n}": " ".join(["please", "broken"] * (words // 2 + 1)) for n in range(5)}
    action = {"id": "a1", "name": "send_letter", "args": args}
    cases = [refund(proposed_actions=[action]) for _ in range(3)]
    rows = preflight.table(dana, [case.id for case in cases], now=NOW)
    # The first shows the reply of all.
    assert [row.is_open for row in rows] == [True, is_open, is_open]
