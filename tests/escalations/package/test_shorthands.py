"""The short ways to write a package."""

import copy

import pytest

from escalations.package import shorthands
from escalations.refusals import Fault


@pytest.mark.parametrize(
    ("sent", "full"),
    [
        ({"task": "refund"}, {"task_type": "refund"}),
        ({"task": "a", "task_type": "b"}, {"task": "a", "task_type": "b"}),
        ({"client": "Acme"}, {"context": {"customer": {"name": "Acme"}}}),
        ({"client": {"id": "c"}}, {"context": {"customer": {"id": "c"}}}),
        ({"customer": "Acme"}, {"context": {"customer": {"name": "Acme"}}}),
        ({"context": {"customer": "Acme"}}, {"context": {"customer": {"name": "Acme"}}}),
        ({"confidence": 0.5}, {"context": {"reasoning": {"confidence": 0.5}}}),
        (
            {"confidence": 0.5, "context": {"reasoning": {"steps": []}, "weather": 1}},
            {"context": {"reasoning": {"steps": [], "confidence": 0.5}, "weather": 1}},
        ),
        ({"draft_response": "Hi"}, {"draft_response": {"text": "Hi"}}),
        ({"flags": ["a", {"code": "b"}]}, {"flags": [{"code": "a"}, {"code": "b"}]}),
        ({"options": ["a"]}, {"requested": {"options": [{"id": "a", "label": "a"}]}}),
        (
            {"requested": {"queue": "q", "options": ["a", {"id": "b", "label": "B"}]}},
            {
                "requested": {
                    "queue": "q",
                    "options": [{"id": "a", "label": "a"}, {"id": "b", "label": "B"}],
                }
            },
        ),
        (
            {"context": {"reasoning": {"alternatives": ["wait"]}}},
            {"context": {"reasoning": {"alternatives": [{"label": "wait"}]}}},
        ),
        ({"options": [1], "flags": 5}, {"flags": 5, "requested": {"options": [1]}}),
        ({"confidence": 1, "context": "none"}, {"confidence": 1, "context": "none"}),
        ({"options": [], "requested": []}, {"options": [], "requested": []}),
    ],
)
def test_expand(sent, full):
    before = copy.deepcopy(sent)

    assert shorthands.expand(sent) == (full, [])
    assert sent == before


def test_expand_gives_back_a_full_package_itself():
    sent = {"task_type": "refund", "flags": [{"code": "a"}], "context": {"customer": {"id": "c"}}}

    assert shorthands.expand(sent)[0] is sent


def test_expand_takes_the_same_said_twice():
    sent = {"customer": "Acme", "context": {"customer": {"name": "Acme"}}}

    assert shorthands.expand(sent) == ({"context": {"customer": {"name": "Acme"}}}, [])


def test_expand_refuses_two_different_values():
    sent = {"confidence": 0.5, "context": {"reasoning": {"confidence": 0.7}}}

    assert shorthands.expand(sent)[1] == [
        Fault("/confidence", "must not differ from /context/reasoning/confidence; send only one")
    ]


@pytest.mark.parametrize(
    ("sent", "pointer", "origin"),
    [
        ({"task": "x"}, "/task_type", "/task"),
        ({}, "/task_type", "/task_type"),
        ({"client": "x"}, "/context/customer/name", "/client"),
        ({"client": {"name": 1}}, "/context/customer/name", "/client/name"),
        ({"context": {"customer": "x"}}, "/context/customer/name", "/context/customer"),
        ({"options": ["a"]}, "/requested/options/0/id", "/options/0"),
        ({"options": [{"id": 1}]}, "/requested/options/0/id", "/options/0/id"),
        ({"flags": [{"code": ""}]}, "/flags/0/code", "/flags/0/code"),
        ({"flags": ["", 1]}, "/flags/1", "/flags/1"),
    ],
)
def test_origin_leads_back_to_what_was_sent(sent, pointer, origin):
    assert shorthands.origin(sent)(pointer) == origin
