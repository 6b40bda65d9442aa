"""A line of the record as one sentence, for whoever came second to a case."""

from collections.abc import Mapping
from typing import Any

from escalations.record import sentences
from escalations.record.kind import Kind

JSON = Mapping[str, Any]


def told(kind: Kind, facts: JSON, names: Mapping[str, str], *, who: str) -> str:
    """What `who` did: in the words of its row, else as it stands on the timeline."""
    if not kind.faster:
        return f"{who} changed it: {kind.says[:1].lower()}{kind.says[1:]}."
    outcome = str(facts.get("outcome", "one of several")).replace("_", " ")
    return kind.faster.format(who=who, to=sentences.target(dict(facts), names), outcome=outcome)
