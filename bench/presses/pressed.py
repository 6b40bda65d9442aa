"""What somebody presses: any verb, with arguments that mostly fit and sometimes do not."""

import random
from collections.abc import Callable
from typing import Any

from bench.presses import packages

JSON = dict[str, Any]
VERDICTS = (*packages.VERDICTS, None)
# As often as people press them; the others seldom.
OFTEN = {
    "approve": 8, "edit": 6, "reject": 3, "respond": 4, "choose": 3, "undo": 3, "claim": 3,
    "take_over": 2, "hand_back": 3, "say": 2, "ask": 1, "reverse": 2,
}  # fmt: skip


class Presses:
    """Draws one after the other. Needs Django set up, for the table of verbs."""

    def __init__(self, chance: random.Random) -> None:
        from escalations import commands

        verbs = {verb.name: verb for verb in commands.every()}
        self._chance, self._names = chance, [*verbs]
        self._weights = [OFTEN.get(name, 0.4) for name in verbs]
        self._examples = {name: dict(verb.example or {}) for name, verb in verbs.items()}
        self._of: dict[str, Callable[[JSON], JSON]] = {
            "approve": self._verdicts,
            "edit": self._edits,
            "respond": self._answers,
            "choose": lambda _: {"option_id": self._chance.choice(("whole", "half", "none"))},
            "reject": lambda _: {"reason_code": self._chance.choice(("other", "other", "gone"))},
            "reverse": lambda _: {"instructions": "It was wrong."},
        }

    def drawn(self, package: JSON) -> tuple[str, JSON]:
        """The verb and its arguments, by name or as the fields of the page's form."""
        (name,) = self._chance.choices(self._names, self._weights)
        found = self._of.get(name, lambda _: self._examples[name])(package)
        is_form = name in {"approve", "edit", "respond"} and self._chance.random() < 0.5
        return name, {"fields": _as_fields(found)} if is_form and found else found

    def example(self, verb: str) -> JSON:
        """Arguments that fit this verb."""
        return self._examples[verb]

    def _verdicts(self, package: JSON) -> JSON:
        if self._chance.random() < 0.5:
            return {}
        return {"actions": [self._verdict(one) for one in self._some(package)]}

    def _edits(self, package: JSON) -> JSON:
        actions = [self._verdict(one, "edit") for one in self._some(package)[:2]]
        answered = [self._verdict(one) for one in self._rest(package, actions)]
        found: JSON = {"actions": actions + answered}
        if package.get("draft_response") and self._chance.random() < 0.3:
            found["response"] = {"text": "Dear customer, it is half done."}
        return found

    def _answers(self, package: JSON) -> JSON:
        if self._chance.random() < 0.3:
            return {"message": "Ask them first."}
        return {"actions": [self._verdict(one, "respond") for one in self._some(package)]}

    def _verdict(self, action: JSON, verdict: str = "") -> JSON:
        if not verdict:
            fits = "respond" if action.get("kind") == "question" else "approve"
            verdict = self._chance.choice((fits, fits, fits, *VERDICTS)) or fits
        found: JSON = {"action_id": action["id"], "type": verdict}
        if verdict == "edit":
            args = {**action.get("args", {}), "amount": f"{self._chance.randint(1, 9)}.00"}
            found["edited"] = {"name": action["name"], "args": args}
        elif verdict == "respond" and self._chance.random() < 0.9:
            found["value"] = packages.value(action)
            found["message"] = "As they wrote."
        return found

    def _some(self, package: JSON) -> list[JSON]:
        actions = list(package["proposed_actions"])
        left_out = self._chance.random() < 0.2
        return (
            self._chance.sample(actions, self._chance.randint(1, len(actions)))
            if left_out
            else actions
        )

    def _rest(self, package: JSON, answered: list[JSON]) -> list[JSON]:
        there = {one["action_id"] for one in answered}
        return [one for one in package["proposed_actions"] if one["id"] not in there]


def _as_fields(arguments: JSON) -> dict[str, str]:
    """As the form of the page names them."""
    fields = {}
    for one in arguments.get("actions", ()):
        named = one["action_id"]
        fields[f"verdict:{named}"] = one["type"]
        for key, told in one.get("edited", {}).get("args", {}).items():
            fields[f"edit:{named}:/{key}"] = "true" if told is True else str(told)
        if "value" in one:
            told = one["value"]
            is_object = isinstance(told, dict)
            parts = told.items() if is_object else [("", told)]
            for key, part in parts:
                shown = "true" if part is True else str(part)
                fields[f"edit:{named}:/value{f'/{key}' if is_object else ''}"] = shown
    if "response" in arguments:
        fields["reply"] = arguments["response"]["text"]
    if "message" in arguments:
        fields["message"] = arguments["message"]
    return fields
