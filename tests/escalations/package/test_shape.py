"""Every part of the schema is looked into; what stands there and is no field is named."""

import json
import uuid
from typing import Any

import pytest

from escalations.masking import pointed
from escalations.package import shape, unheeded
from escalations.refusals import Invalid
from escalations.schemas import package as packages
from escalations.schemas import published

SCHEMA = published.published()["handoff-package.v1.schema.json"]
LEAST = {"task_type": "refund", "summary": "Ok?"}
FILLED = {
    "string": "x", "number": 1, "integer": 1, "boolean": True, "array": [], "object": {},
}  # fmt: skip


def resolved(node):
    node = next((one for one in node.get("anyOf", ()) if one.get("type") != "null"), node)
    return SCHEMA["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node


def parts(node, path=()):
    """Every object of the published schema that has fields, by the way to it."""
    node = resolved(node)
    if node.get("type") == "array":
        yield from parts(node["items"], (*path, 0))
    elif node.get("properties"):
        yield path, node
        for key, inner in node["properties"].items():
            yield from parts(inner, (*path, key))


def least(node) -> Any:
    """The smallest thing that this node allows."""
    node = resolved(node)
    if "enum" in node or "const" in node:
        return node.get("const", next(iter(node.get("enum", ())), None))
    if node.get("type") == "object":
        inner = node.get("properties", {})
        return {key: least(inner[key]) for key in node.get("required", ())}
    if "pattern" in node:
        return {"^https?://": "https://x.example/"}.get(node["pattern"], "184.00")
    return "xxx" if node.get("type") == "string" else FILLED.get(node.get("type"))


def holding(path, odd):
    """A package with something odd in the object at that path, and all that it needs to be valid."""
    document = dict(LEAST)
    place: Any = document
    node = SCHEMA
    for step, following in zip(path, (*path[1:], None)[: len(path)], strict=True):
        if step == 0:
            node = resolved(resolved(node)["items"])
            place.append(least(node))
            place = place[0]
            continue
        node = resolved(resolved(node)["properties"][step])
        place[step] = [] if following == 0 else least(node)
        place = place[step]
    place[odd] = odd
    return document


OPEN = [path for path, node in parts(SCHEMA) if node.get("additionalProperties") is not False]


def test_the_schema_has_many_parts():
    assert len(OPEN) > 30


@pytest.mark.parametrize("path", OPEN, ids=lambda path: "/".join(map(str, path)) or "package")
def test_an_unknown_key_of_any_part_is_named(path):
    odd = f"odd{uuid.uuid4().hex[:8]}"
    received = packages.read(json.dumps(holding(path, odd)).encode())
    pointer = "".join(f"/{step}" for step in (*path, odd))
    assert pointer in [one.pointer for one in received.warnings]


def test_what_is_free_stays_free():
    free = {"anything": {"at": ["all"]}, "needs_human": True}
    action = {
        "id": "a1", "name": "refund", "args": free, "metadata": free, "correlation": free,
        "args_schema": {"type": "object", "x-mine": 1}, "compensation": {"args": free},
    }  # fmt: skip
    document = LEAST | {
        "metadata": free, "proposed_actions": [action], "trigger": {
            "type": "other", "reason": "So it is.", "observed": free, "threshold": free,
        },
        "context": {
            "customer": {"attributes": free, "contact": free},
            "process": {"completed": [{"label": "x", "detail": free}]},
            "environment": {"metrics": {"any": 1}},
            "conversation": {"messages": [{"role": "tool", "text": "x", "tool_call": free}]},
        },
    }  # fmt: skip
    told = packages.read(json.dumps(document).encode()).warnings
    # What nothing reads at all is named whole, and no key in it but a wish for a person.
    assert {one.pointer for one in told} == {
        "/proposed_actions/0/correlation", "/trigger/observed", "/trigger/threshold", "/metadata/needs_human",
        "/proposed_actions/0/metadata/needs_human",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "pointer", "meant"),
    [
        ({"actions": []}, "/actions", "proposed_actions"),
        ({"tool_calls": []}, "/tool_calls", "proposed_actions"),
        ({"action_request": {}}, "/action_request", "proposed_actions"),
        ({"actionRequests": []}, "/actionRequests", "proposed_actions"),
        ({"interruptions": []}, "/interruptions", "proposed_actions"),
        ({"approvals": []}, "/approvals", "proposed_actions"),
        ({"calls": []}, "/calls", "proposed_actions"),
        ({"spec": {"fn": "refund"}}, "/spec", "proposed_actions"),
        ({"toolName": "refund"}, "/toolName", "proposed_actions"),
        ({"review_configs": []}, "/review_configs", "proposed_actions.allowed_decisions"),
        ({"approvers": []}, "/approvers", "requested.assignee"),
        ({"choices": []}, "/choices", "requested.options"),
        ({"timeout": 60}, "/timeout", "deadlines.expires_at"),
        ({"timeoutAction": "approve"}, "/timeoutAction", "deadlines.on_timeout"),
        ({"handoff": "atlas"}, "/handoff", "hand_to_agent"),
        ({"run_id": "r"}, "/run_id", "source.run.run_id"),
        ({"thread_id": "r"}, "/thread_id", "source.run.thread_id"),
        ({"conversation": []}, "/conversation", "context.conversation"),
        ({"messages": []}, "/messages", "context.conversation.messages"),
        ({"draftResponse": "x"}, "/draftResponse", "draft_response"),
        ({"taskType": "x"}, "/taskType", "task_type"),
        ({"respondBy": "x"}, "/respondBy", "deadlines.respond_by"),
        ({"excluded_reviewers": []}, "/excluded_reviewers", "requested.excluded_reviewers"),
        ({"risk": {"lvl": "critical"}}, "/risk/lvl", "level"),
        ({"risk": {"reversable": False}}, "/risk/reversable", "reversible"),
        ({"flags": [{"code": "x", "severty": "critical"}]}, "/flags/0/severty", "severity"),
        ({"deadlines": {"answer_by": "x"}}, "/deadlines/answer_by", "respond_by"),
        ({"callback": {"uri": "https://x.example/"}}, "/callback/uri", "url"),
        ({"proposed_actions": [{"id": "a", "name": "x", "risk": {"Level": "high"}}]},
         "/proposed_actions/0/risk/Level", "level"),
        ({"context": {"conversation": {"messages": [
            {"role": "customer", "text": "x", "content": "y"}]}}},
         "/context/conversation/messages/0/content", "text"),
    ],
)  # fmt: skip
def test_what_was_meant_is_said(sent, pointer, meant):
    told = packages.read(json.dumps(LEAST | sent).encode()).warnings
    assert [(one.pointer, one.detail) for one in told] == [
        (pointer, f"No such field. Did you mean {meant}? {unheeded.KEPT}")
    ]


def refused(document):
    with pytest.raises(Invalid) as error:
        packages.read(json.dumps(document).encode())
    return {fault.pointer: fault.detail for fault in error.value.errors}


def test_a_missing_field_is_told_with_what_was_sent_instead():
    named = refused({"taskType": "refund", "summary": "Ok?"})
    assert named == {
        "/task_type": "is required; no field here is “taskType” (did you mean task_type?)"
    }
    interrupt = {"action_request": {"action": "x", "args": {}}, "config": {}, "description": "Ok?"}
    told = (
        "is required; no field here is “action_request” (did you mean proposed_actions?), "
        "“config” or “description” (did you mean summary?)"
    )
    assert refused(interrupt) == {"/task_type": told, "/summary": told}
    messages = [{"role": "customer", "content": "Hello"}]
    told = "is required; no field here is “content” (did you mean text?)"
    for conversation, place in ((messages, ""), ({"messages": messages}, "/messages")):
        found = refused(LEAST | {"context": {"conversation": conversation}})
        assert found == {f"/context/conversation{place}/0/text": told}
    assert refused({"summary": "Ok?"}) == {"/task_type": "is required"}


def test_a_plain_list_of_messages_is_a_conversation():
    messages = [{"role": "customer", "text": "Hello"}]
    received = packages.read(json.dumps(LEAST | {"context": {"conversation": messages}}).encode())
    assert received.document["context"]["conversation"] == {"messages": messages}
    assert received.warnings == []


def test_nothing_is_looked_for_where_nothing_is():
    assert shape.instead([], packages.SHAPE, ("context", "customer", "name")) == []
    assert list(shape.unknown(None, packages.SHAPE)) == []


def test_a_pointer_into_the_plain_list_masks_the_message():
    messages = [{"role": "customer", "text": "Hello"}, {"role": "customer", "text": "Bye"}]
    document = LEAST | {
        "context": {"conversation": messages}, "redactions": ["/context/conversation/1/text"],
    }  # fmt: skip
    received = packages.read(json.dumps(document).encode())
    assert pointed.read(received.document).places == ("/context/conversation/messages/1/text",)
