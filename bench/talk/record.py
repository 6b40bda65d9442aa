"""What must hold of every talk after its kill; runs in Django."""

import json
from collections import Counter
from pathlib import Path
from typing import Any


def compare(path: str) -> None:
    """Print what is wrong, sentence by sentence, between what was told and what is there."""
    from escalations.models import Escalation
    from escalations.record import audit

    wrong: list[str] = []
    messages = 0
    for told in json.loads(Path(path).read_text()):
        case = Escalation.objects.get(id=told["case"])
        rows = list(case.chat_messages.order_by("number"))
        messages += len(rows)
        wrong += [f"{case.id}: {what}" for what in _of_talk(rows, told)]
        if case.state != "decided":
            wrong.append(f"{case.id}: it was handed back and is {case.state}.")
    verified = audit.verify()
    wrong += [f"audit verify: {finding}" for finding in verified.findings]
    print(json.dumps({"wrong": wrong, "messages": messages}))


def _of_talk(rows: list[Any], told: dict[str, Any]) -> list[str]:
    wrong = []
    if (numbers := [row.number for row in rows]) != [*range(1, len(rows) + 1)]:
        wrong.append(f"the numbers are {numbers}.")
    there = Counter((row.role, row.text) for row in rows if row.role != "system")
    sent = Counter(
        [("customer", text) for text in told["heard"]]
        + [("operator", text) for text in told["said"]]
    )
    wrong += [f"{one} was acknowledged {sent[one]} times and is there {there[one]} times."
              for one in sent | there if sent[one] != there[one]]  # fmt: skip
    if (read := [tuple(one) for one in told["read"]]) != [(row.number, row.text) for row in rows]:
        wrong.append(f"the agent read {len(read)} messages in order, {len(rows)} are there.")
    wrong += [f"the agent spoke as well: {answer}." for answer in told["both"]]
    return wrong
