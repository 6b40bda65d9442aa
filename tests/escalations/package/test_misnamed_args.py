"""A call is not taken without the arguments that it names otherwise."""

import json

import pytest

from escalations.package import misnamed_args
from escalations.refusals import Invalid
from escalations.schemas import package as packages

AMOUNT = {"amount": "99999"}
NAMES = (
    "arguments", "Arguments", "ARGS", "Args", "arg", "args_", "argument", "parameter", "Params",
    "param", "params", "kwargs", "Input", "inputs", "payload", "toolInput", "tool_input", "ToolInput",
    "toolArgs", "tool-arguments", "tool_params", "tool_parameters", "functionArgs", "function_args",
    "actionInput", "args_json", "named_args", "call_args", "input_values",
)  # fmt: skip
OBJECTS = ("toolCall", "data", "body", "function", "call", "options", "fields", "values", "amount")


def faults(**call):
    action = {"id": "a", "name": "refund", **call}
    body = {"task_type": "refund", "summary": "Refund it", "proposed_actions": [action]}
    try:
        packages.read(json.dumps(body).encode())
    except Invalid as refused:
        return [(one.pointer, one.detail) for one in refused.errors]
    return []


@pytest.mark.parametrize("args", [{}, {"args": {}}], ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_arguments_under_another_name_are_refused(name, args):
    there = [(f"/proposed_actions/0/{name}", misnamed_args.RENAME)]
    assert faults(**args, **{name: AMOUNT}) == there
    assert faults(**args, **{name: json.dumps(AMOUNT)}) == there


@pytest.mark.parametrize("value", [AMOUNT, json.dumps(AMOUNT)], ids=["object", "text"])
@pytest.mark.parametrize("name", OBJECTS)
def test_whatever_object_may_be_the_arguments_of_a_call_without_any(name, value):
    assert faults(**{name: value}) == [(f"/proposed_actions/0/{name}", misnamed_args.UNCLEAR)]
    assert faults(args={}, **{name: value}) == faults(args=AMOUNT, **{name: value}) == []


@pytest.mark.parametrize("name", ["amount", "sum", "refundAmount", "betrag", "price"])
@pytest.mark.parametrize("value", [5, 5.5, "5.00", "€5"])
def test_so_may_an_amount_that_stands_beside_the_name(name, value):
    assert faults(order_id="1", **{name: value}) == [
        (f"/proposed_actions/0/{name}", misnamed_args.UNCLEAR)
    ]
    assert faults(args={}, **{name: value}) == faults(args=AMOUNT, **{name: value}) == []


def test_so_are_those_of_what_takes_a_call_back():
    back = {"name": "charge", "Arguments": AMOUNT}
    pointer = "/proposed_actions/0/compensation/Arguments"
    assert faults(args=AMOUNT, compensation=back) == [(pointer, misnamed_args.RENAME)]


@pytest.mark.parametrize(
    "call",
    [
        {"args": AMOUNT, "arguments": AMOUNT},
        {"arguments": {}, "input": "", "data": None},
        {"input_tokens": 30, "awaiting_input": "yes", "requires_input": True, "note": "{odd}"},
        {"metadata": AMOUNT, "correlation": AMOUNT, "_state": AMOUNT, "x-trace": AMOUNT},
        {"config": AMOUNT, "risks": AMOUNT},
        {"kind": "question", "form": AMOUNT},
        {"name": "refund", "risk_level": "high", "labels": ["a"], "confidence": 0.9},
        {"order_id": "1", "retries": 3, "priority": 1, "timeout_ms": 500, "paid": True},
    ],
    ids=str,
)
def test_what_is_no_argument_breaks_no_agent(call):
    assert faults(**call) == []
