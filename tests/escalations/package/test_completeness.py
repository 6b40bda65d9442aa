"""How complete a package is."""

from escalations.package import completeness

LEAST = {"task_type": "refund", "summary": "Refund 40?"}
FULL = {
    **LEAST,
    "trigger": {"type": "high_risk_action", "reason": "Refunds above 100 need a person."},
    "next_steps": ["Refund the kettle"],
    "proposed_actions": [
        {
            "id": "a",
            "name": "refund",
            "claims": [{"text": "Paid", "evidence": ["/context/conversation/messages/0"]}],
        }
    ],
    "context": {
        "conversation": {"messages": [{"role": "customer", "text": "It is broken."}]},
        "reasoning": {"confidence": 0},
        "customer": {"name": "Acme"},
        "process": {"position": "refund"},
        "environment": {"metrics": {"latency": 1}},
    },
}
ALL = [
    *["reason", "conversation", "reasoning", "customer", "process", "environment"],
    *["evidence", "next_steps"],
]


def missing(**changes):
    return completeness.grade({**FULL, **changes})


def test_the_fullest_package():
    assert completeness.grade(FULL) == completeness.Grade(100, [])


def test_the_least_package():
    assert completeness.grade(LEAST) == completeness.Grade(0, ALL)


def test_a_dimension_without_content_is_missing():
    context = {**FULL["context"], "customer": {"attributes": {}}, "process": {"completed": []}}

    assert missing(context=context) == completeness.Grade(76, ["customer", "process"])


def test_a_vague_reason_is_missing():
    trigger = {"type": "low_confidence", "reason": "low confidence"}

    assert missing(trigger=trigger) == completeness.Grade(84, ["reason"])


def test_a_claim_needs_evidence_that_is_there():
    def grade(evidence):
        claims = [{"text": "Paid", "evidence": evidence}]
        return missing(proposed_actions=[{"id": "a", "name": "refund", "claims": claims}])

    lacking = completeness.Grade(88, ["evidence"])
    assert grade([]) == lacking
    assert grade(["/context/conversation/messages/1"]) == lacking
    assert grade(["context"]) == lacking
    assert grade(["/summary", "/context/customer/name"]) == completeness.Grade(100, [])


def test_evidence_of_the_reasoning_counts_where_there_are_no_claims():
    reasoning = {"confidence": 0.5, "evidence": [{"label": "Order"}]}
    context = {**FULL["context"], "reasoning": reasoning}

    assert missing(proposed_actions=[]) == completeness.Grade(88, ["evidence"])
    assert missing(proposed_actions=[], context=context) == completeness.Grade(100, [])


def test_a_recommended_action_is_a_next_step():
    assert missing(next_steps=[]) == completeness.Grade(88, ["next_steps"])
    assert missing(next_steps=[], recommended_action="approve") == completeness.Grade(100, [])
