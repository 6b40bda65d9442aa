"""The people of a round: each has a few cases to decide, by every verb, and changes their mind."""

import asyncio
import random
import uuid
from collections import Counter
from typing import Any

import httpx

from bench.world.pressing import Hands

EDITED = {"order_id": "HP-20931", "amount": "90.00", "currency": "EUR"}
# By verb: what a frame says, and what the form of the same has.
VERBS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "approve": ({}, {}),
    "edit": (
        {"actions": [{"action_id": "a1", "type": "edit",
                      "edited": {"name": "refund", "args": EDITED}}]},
        {"edit:a1:/amount": "90.00"},
    ),
    "reject": ({"reason_code": "other"}, {"reason_code": "other"}),
    "respond": ({"message": "Ask for a photo."}, {"message": "Ask for a photo."}),
}  # fmt: skip
UNDOES = 0.35


class Reviewer:
    """One person; what they were told is kept for the comparison."""

    def __init__(
        self, hands: Hands, http: httpx.AsyncClient | None, chance: random.Random, undo_s: float
    ) -> None:
        self.hands = hands
        self._http, self._chance, self._undo_s = http, chance, undo_s
        self.told: list[dict[str, Any]] = []

    async def decide(self, case: str) -> None:
        """Answer it, perhaps take the answer back, and then answer again."""
        version, again = 1, True
        while again:
            answer = await self._press(self._chance.choice([*VERBS]), case, version)
            if answer["type"] != "ack" or self._chance.random() >= UNDOES:
                return
            # Now and then when the window is just closing, or is over.
            await asyncio.sleep(self._chance.uniform(0, self._undo_s * 1.1))
            answer = await self._press("undo", case, answer["version"])
            again, version = answer["type"] == "ack", answer.get("version", 0)

    async def _press(self, verb: str, case: str, version: int) -> dict[str, Any]:
        arguments, fields = VERBS.get(verb, ({}, {}))
        frame = {
            "type": "command",
            "command": verb,
            "id": str(uuid.UUID(int=self._chance.getrandbits(128), version=4)),
            "escalation": case,
            "version": version,
            **(arguments if self._http is None else {"fields": fields}),
        }
        answer = await self.hands.press(frame, http=self._http)
        by = (answer.get("by") or {}).get("id")
        kept = {"case": case, "person": self.hands.name, "verb": verb, "by": by}
        self.told.append(kept | {k: answer.get(k) for k in ("type", "code", "version", "outcome")})
        return answer


def counted(told: list[dict[str, Any]]) -> dict[str, int]:
    """How often each verb was acknowledged, and refused with which code."""
    words = Counter(
        one["verb"] if one["type"] == "ack" else f"{one['verb']} refused: {one['code']}"
        for one in told
    )
    return dict(sorted(words.items()))
