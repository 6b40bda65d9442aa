"""What the agent itself says against its proposal, or beside it: somebody should read that before
it goes with others. Pure."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from escalations.package import observations, unknown_keys
from escalations.policy.hard_rules import Compiled
from escalations.text import formatting, meanings, untrusted
from escalations.triage import prose

JSON = dict[str, Any]
# Less sure than this, an agent guesses.
GUESSES = Decimal("0.3")
QUOTED = 80


def against(package: JSON, rules: Compiled) -> Iterator[str]:
    """In whole sentences what of it stands against a yes, whatever is chosen with it."""
    recommended = package.get("recommended_action")
    if isinstance(recommended, str) and recommended not in {"", "approve"}:
        yield f"Its agent recommends otherwise: {untrusted.line(recommended, 40)}."
    sure = observations.confidence(package)
    if sure is not None and sure < GUESSES:
        yield f"Its agent is only {formatting.percent(float(sure))} sure."
    failed = observations.failures(package)
    if failed:
        yield "Its agent has tried before, and it failed."
    for text in _texts(package):
        # That it is above the agent's limit brought the case here, and says nothing against a yes.
        if prose.wish(text, rules, barred=False) is not None or _warns(text):
            yield f"Its agent writes: “{untrusted.line(text, QUOTED)}”."
            return


def beside(package: JSON) -> Iterator[str]:
    """What it adds to the proposal: doubts, what makes it risky, next steps, attachments."""
    reasoning = observations.part(package, "context", "reasoning")
    yield from _strings(reasoning.get("uncertainties"))
    yield from _strings(package.get("next_steps"))
    for one in (package, *observations.parts(package, "proposed_actions")):
        yield from _strings(observations.part(one, "risk").get("factors"))
    for one in observations.parts(package, "attachments"):
        yield str(one.get("name") or one.get("title") or one.get("url") or "an attachment")


def alike(text: str) -> str:
    """Equal for two texts that differ in their numbers only."""
    return re.sub(r"\d+", "#", " ".join(text.casefold().split()))


def _texts(package: JSON) -> Iterator[str]:
    yield from _strings(package.get("summary"))
    yield from _strings(observations.part(package, "trigger").get("reason"))
    yield from _strings(observations.part(package, "context", "reasoning").get("rationale"))


def _warns(text: str) -> bool:
    """Whether it names a danger, or says not to do it."""
    words = meanings.of_sentence(text)
    told = any(words[at : at + 2] == ("do", "not") for at in range(len(words))) or "dont" in words
    return told or unknown_keys.is_danger(" ".join(words))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.strip():
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one.get("text") if isinstance(one, dict) else one)
