"""Random packages of several actions, as the agents of many frameworks send them."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

JSON = dict[str, Any]
SCHEMAS: tuple[tuple[JSON, Any], ...] = (
    ({"type": "string", "minLength": 2}, "The blue one"),
    ({"type": "integer", "minimum": 1, "maximum": 9}, 4),
    ({"type": "boolean"}, True),
    ({"enum": ["today", "tomorrow"]}, "tomorrow"),
    ({"type": "object", "properties": {"day": {"type": "string"}}, "required": ["day"]},
     {"day": "Friday"}),
)  # fmt: skip
VERDICTS = ("approve", "edit", "reject", "respond")
EXPIRES_IN_S = (1, 2, 3_600)
NAMES = ("refund", "close_order", "send_mail", "block_card")


def drawn(chance: random.Random, key: str) -> JSON:
    """One package; another key is another case."""
    package: JSON = {
        "task_type": chance.choice(("refund", "refund/undoable")),
        "idempotency_key": key,
        "summary": f"Case {key}: what is to be done?",
        "trigger": {"type": "high_risk_action", "reason": "It is above my limit."},
        "proposed_actions": _actions(chance),
        "requested": {"approvals_needed": chance.choice((1, 1, 1, 2))},
        "context": {"reasoning": {"confidence": 0.6}},
    }
    if chance.random() < 0.5:
        package["draft_response"] = {"text": "Dear customer, it is done."}
    if chance.random() < 0.3 and all(map(_can_be_turned_down, package["proposed_actions"])):
        package["requested"]["options"] = [
            {"id": "whole", "label": "All of it"},
            {"id": "half", "label": "Half of it"},
        ]
    return package


def value(action: JSON) -> Any:
    """An answer that this question takes."""
    asked = action.get("response_schema")
    return next((told for schema, told in SCHEMAS if schema == asked), "In words.")


def _can_be_turned_down(action: JSON) -> bool:
    return bool({"reject", "respond"} & set(action.get("allowed_decisions", VERDICTS)))


def _actions(chance: random.Random) -> list[JSON]:
    found: list[JSON] = []
    for number in range(1, chance.randint(1, 5) + 1):
        action: JSON = {"id": f"a{number}", "name": chance.choice(NAMES)}
        if chance.random() < 0.25:
            action |= {"kind": "question", "description": "Which one is it?"}
            if chance.random() < 0.7:
                action["response_schema"] = chance.choice(SCHEMAS)[0]
        else:
            action["args"] = {"order": f"HP-{number}", "amount": f"{number}0.00", "urgent": True}
        if chance.random() < 0.3:
            action["allowed_decisions"] = chance.sample(VERDICTS, chance.randint(1, 3))
        if found and chance.random() < 0.4:
            others = [one["id"] for one in found]
            action["depends_on"] = chance.sample(others, chance.randint(1, min(2, len(others))))
        if chance.random() < 0.15:
            ends = datetime.now(UTC) + timedelta(seconds=chance.choice(EXPIRES_IN_S))
            action["expires_at"] = ends.isoformat()
        found.append(action)
    return found
