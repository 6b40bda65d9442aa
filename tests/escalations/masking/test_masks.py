"""What an agent points at is masked, in a package that is still one."""

import json

import pytest

from escalations.masking import masks, pointed
from escalations.schemas import package as packages
from escalations.schemas.package import Package
from escalations.text.mask import MASK
from tests.escalations.masking import tokens
from tests.factories import REFUND

DOCUMENT, TOKENS = tokens.package()


def masked(*redactions, **keys):
    sent = REFUND | keys | {"redactions": list(redactions)}
    return masks.of(packages.read(json.dumps(sent).encode()).document)


@pytest.mark.parametrize("pointer", TOKENS, ids=lambda pointer: pointer)
def test_every_text_is_masked_alone(pointer):
    found = masks.of(DOCUMENT | {"redactions": [pointer]})
    assert found.faults == ()
    assert found.places == (pointer,)
    written = json.dumps(found.document)
    assert [token for token in TOKENS.values() if token not in written] == [TOKENS[pointer]]
    Package.model_validate(found.document)


def test_the_whole_package_is_masked_but_for_what_the_console_needs():
    found = masks.of(DOCUMENT | {"redactions": [""]})
    written = json.dumps(found.document)
    assert [token for token in TOKENS.values() if token in written] == []
    assert "184.00" not in written
    assert "925.00" not in written
    [fault] = found.faults
    assert fault.detail.startswith("The console needs it, so it is shown in clear: /task_type")
    Package.model_validate(found.document)
    assert tokens.package()[0] == DOCUMENT


@pytest.mark.parametrize(
    "place",
    [
        "/context", "/context/customer", "/proposed_actions", "/proposed_actions/0", "/source",
        "/context/conversation/messages/0", "/requested", "/trigger", "/metadata", "/risk",
        "/context/reasoning/steps/1", "/proposed_actions/0/args", "/unknown", "/links",
    ],
)  # fmt: skip
def test_an_object_or_list_is_masked_with_all_that_it_holds(place):
    found = masks.of(DOCUMENT | {"redactions": [place]})
    written = json.dumps(found.document)
    inside = {token for at, token in TOKENS.items() if pointed.within(at, place)}
    assert {token for token in TOKENS.values() if token not in written} == inside
    Package.model_validate(found.document)


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("summary", pointed.NO_POINTER),
        ("/summary~2", pointed.NO_POINTER),
        ("#/summary", pointed.NO_POINTER),
        ("/sumary", pointed.NOTHING_THERE),
        ("/proposed_actions/1", pointed.NOTHING_THERE),
        ("/proposed_actions/00", pointed.NOTHING_THERE),
        ("/proposed_actions/-", pointed.NOTHING_THERE),
        ("/summary/x", pointed.NOTHING_THERE),
    ],
)
def test_what_leads_nowhere_is_named_and_hides_nothing(written, fault):
    found = masked("/context/customer", written)
    assert [(one.pointer, one.detail) for one in found.faults] == [
        ("/redactions/1", fault.format(written))
    ]
    assert found.places == ("/context/customer",)


@pytest.mark.parametrize(
    "place", ["/task_type", "/trigger/type", "/proposed_actions/0/id", "/proposed_actions/0/name"]
)
def test_what_the_console_needs_stays_and_is_named(place):
    found = masked(place)
    assert found.places == ()
    assert [(one.pointer, one.detail) for one in found.faults] == [
        (place, masks.STAYS.format(place))
    ]
    assert MASK not in json.dumps(found.document)


def test_pointers_into_the_short_forms_lead_to_the_full_ones():
    short = {"summary": "Ok?", "task": "refund", "client": "Acme", "confidence": 0.5}
    sent = short | {
        "options": ["wait"],
        "redactions": ["/client", "/confidence", "/options/0/label"],
    }
    found = masks.of(packages.read(json.dumps(sent).encode()).document)
    assert found.faults == ()
    assert found.document["context"] == {"customer": {"name": MASK}, "reasoning": {}}
    assert found.document["requested"]["options"] == [{"id": "wait", "label": MASK}]


def test_a_masked_amount_is_not_told_by_the_risk():
    money = {"value": "184.00", "currency": "EUR"}
    action = REFUND["proposed_actions"][0] | {"risk": {"amount": money}}
    found = masked(
        "/proposed_actions/0/args/amount", proposed_actions=[action], risk={"amount": money}
    )
    assert found.document["risk"] == {}
    assert found.document["proposed_actions"][0]["risk"] == {}
    assert found.document["proposed_actions"][0]["args"]["amount"] == MASK
    other = masked("/proposed_actions/0/args/order_id", risk={"amount": money})
    assert other.document["risk"] == {"amount": money}


def test_nothing_is_masked_where_nothing_is_asked():
    assert masks.of(DOCUMENT).document is DOCUMENT
    assert masks.of(DOCUMENT | {"redactions": []}).places == ()


def test_a_decision_is_masked_like_its_package():
    args = {"order_id": "HP-20931", "lines": ["secret", "b"], "note": "mine"}
    package = REFUND | {
        "proposed_actions": [{"id": "a1", "name": "refund", "args": args}],
        "source": {"run": {"resume_token": "t"}},
        "redactions": [
            "/proposed_actions/0/args/lines/0", "/proposed_actions/0/args/note",
            "/draft_response/text", "/source/run/resume_token",
        ],
    }  # fmt: skip
    call = {"name": "refund", "args": args | {"lines": ["b", "secret"], "note": "typed"}}
    document = {
        "actions": [{"action_id": "a1", "type": "edit", "call": call, "edited": call}],
        "response": {"text": "Dear", "edited": True},
        "resume_token": "t",
    }
    shown = masks.decision(package, document)
    # An edit may move the entries of a list, so that all of it is masked.
    seen = {"name": "refund", "args": {"order_id": "HP-20931", "lines": MASK, "note": MASK}}
    assert shown["actions"] == [{"action_id": "a1", "type": "edit", "call": seen, "edited": seen}]
    assert (shown["response"]["text"], shown["resume_token"]) == (MASK, MASK)
