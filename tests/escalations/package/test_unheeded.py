"""What has no effect is named, and nothing else is."""

import json

import pytest

from escalations.package import unheeded
from escalations.package.shape import Shape
from escalations.refusals import Fault
from escalations.schemas import package as packages
from tests.factories import REFUND

ACTION = {"id": "a1", "name": "refund"}


def warned(**sent):
    start = {"summary": "Ok?"} if "task" in sent else {"summary": "Ok?", "task_type": "refund"}
    received = packages.read(json.dumps(start | sent).encode())
    return [(one.pointer, one.detail) for one in received.warnings]


QUESTION = {"id": "q1", "kind": "question", "name": "ask", "title": "Which colour?"}


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"requested": {"queue": "vip"}}, "/requested/queue"),
        ({"requested": {"blocking": False}}, "/requested/blocking"),
        ({"requested": {"return_to_agent": False}}, "/requested/return_to_agent"),
        ({"context": {"process": {"graph": {"nodes": []}}}}, "/context/process/graph"),
        ({"requested": {"method": "notify"}}, "/requested/method"),
        ({"created_at": "2026-11-21T09:00:00Z"}, "/created_at"),
        (
            {"trigger": {"type": "policy", "reason": "It is so.", "observed": {"x": 1}}},
            "/trigger/observed",
        ),
        (
            {"trigger": {"type": "policy", "reason": "It is so.", "threshold": [1, 2]}},
            "/trigger/threshold",
        ),
        ({"proposed_actions": [ACTION, ACTION | {"id": "a2", "correlation": {"x": 1}}]},
         "/proposed_actions/1/correlation"),
        ({"context": {"conversation": [
            {"role": "customer", "text": "Hi", "sentiment": {"score": 1, "markers": ["x"]}}]}},
         "/context/conversation/messages/0/sentiment/markers"),
        ({"context": {"reasoning": {"alternatives": [{"label": "x"}, {"id": "a", "label": "y"}]}}},
         "/context/reasoning/alternatives/1/id"),
        # Of several the first is named.
        ({"attachments": [{"id": "1", "name": "x"}, {"id": "2", "name": "y"}]}, "/attachments/0/id"),
        (
            {"proposed_actions": [ACTION, ACTION | {"id": "a2", "preview": {"before": 1}}]},
            "/proposed_actions/1/preview",
        ),
        (
            {"proposed_actions": [QUESTION | {"allowed_decisions": ["approve"]}]},
            "/proposed_actions/0/allowed_decisions",
        ),
    ],
)  # fmt: skip
def test_a_field_without_effect_is_named(sent, pointer):
    assert [found for found, _ in warned(**sent)] == [pointer]


@pytest.mark.parametrize(
    "said", [" ", "\n\t ", "\u200b\u200b", "\u2800", "\u3164 \ufeff", "\u00ad"]
)
def test_a_text_in_which_nothing_can_be_read_is_named(said):
    action = ACTION | {"name": said, "claims": [{"text": said}], "title": said}
    sent = {
        "summary": said, "draft_response": said, "proposed_actions": [action],
        "requested": {"options": [{"id": "a", "label": said}]}, "flags": [said],
        "trigger": {"type": "policy", "reason": said * 3}, "attempted": [{"what": said}],
        "context": {"conversation": [{"role": "agent", "text": said, "tool_call": {"name": "x"}}]},
    }  # fmt: skip
    assert set(warned(**sent)) == {
        (pointer, unheeded.BLANK)
        for pointer in (
            "/summary", "/draft_response/text", "/proposed_actions/0/name", "/flags/0/code",
            "/proposed_actions/0/claims/0/text", "/requested/options/0/label", "/trigger/reason",
            "/attempted/0/what",
        )
    }  # fmt: skip


@pytest.mark.parametrize("said", ["", "   ", "\u200b\n"])
def test_a_blank_text_that_would_name_something_is_named(said):
    sent = {
        **dict.fromkeys(("supersedes", "re_escalates", "hand_to_agent"), said),
        **dict.fromkeys(("correlation_id", "customer_ref"), said),
        "callback": {"endpoint": said}, "requested": {"assignee": said, "queue": said},
    }  # fmt: skip
    pointers = {"/" + "/".join(path) for path in unheeded.NAMING}
    assert set(warned(**sent)) == {(pointer, unheeded.BLANK) for pointer in pointers}


@pytest.mark.parametrize(
    ("key", "value", "is_named"),
    [
        ("needs_human", True, True), ("human_input", "yes", True), ("requires_review", True, True),
        ("requiresApproval", "always", True), ("input_required", True, True),
        ("human_feedback", "true", True), ("needs_human", False, False), ("needs_human", "no", False),
        ("no_approval_needed", True, False), ("approval_needed_by", "Dana", False),
        ("vip", True, False), ("requires_review", 3, False),
    ],
)  # fmt: skip
def test_a_wish_for_a_person_where_nobody_reads_it_is_named(key, value, is_named):
    action = ACTION | {"metadata": {key: value}}
    told = [(f"{at}/metadata/{key}", unheeded.NOT_THERE) for at in ("/proposed_actions/0", "")]
    sent = {"metadata": {key: value}, "proposed_actions": [action]}
    assert warned(**sent) == (told if is_named else [])


def test_unknown_fields_are_named_with_the_one_that_was_meant():
    action = ACTION | {"allowed_decision": ["approve"], "a/b": 1}
    kept = unheeded.KEPT
    assert warned(sumary="Ok?", proposed_actions=[action], deadlines={"expires": "soon"}) == [
        ("/sumary", f"No such field. Did you mean summary? {kept}"),
        ("/deadlines/expires", f"No such field. Did you mean expires_at? {kept}"),
        ("/proposed_actions/0/allowed_decision",
         f"No such field. Did you mean allowed_decisions? {kept}"),
        ("/proposed_actions/0/a~1b", f"No such field. {kept}"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sent",
    [
        {},
        REFUND,
        {"schema": "handoff.package/1", "metadata": {"anything": 1}, "redactions": []},
        {"task": "refund", "client": "Acme", "options": ["approve"], "confidence": 0.7},
        {"requested": {"blocking": True, "method": "approval"}},
    ],
)
def test_what_works_is_not_named(sent):
    assert warned(**sent) == []


def test_there_is_an_end_to_it():
    many = warned(**{f"key{number}": 1 for number in range(300)})
    assert len(many) == unheeded.WARNINGS_MAX + 1
    assert many[-1] == ("", unheeded.MORE.detail)
    only = Shape("", frozenset({"proposed_actions"}))
    assert [*unheeded.warnings({"proposed_actions": None, "x": 1}, only)] == [
        Fault("/x", f"No such field. {unheeded.KEPT}")
    ]


def test_one_key_in_every_message_is_told_in_a_few():
    said = [{"role": "customer", "text": "x", "stamp": 1} for _ in range(110)]
    told = [pointer for pointer, _ in warned(context={"conversation": {"messages": said}})]
    assert len(told) == unheeded.ALIKE_MAX + 1
    assert told[-1] == "/context/conversation/messages/*/stamp"


def test_an_effect_that_nobody_reads_is_named():
    options = [{"id": "approve", "label": "Approve", "effect": "Pays"}, {"id": "b", "label": "B"}]
    assert warned(requested={"options": options}) == [
        ("/requested/options/0/effect", unheeded.NO_EFFECT)
    ]
