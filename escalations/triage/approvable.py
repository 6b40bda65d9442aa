"""What a person could not approve now, or the agent does not want approved, the machine does not
clear either."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from escalations.package import dangling, observations
from escalations.text import formatting, moments

JSON = dict[str, Any]
Found = Iterator[tuple[str, str, Any]]
GO_AHEAD = frozenset({"approve", "approved", "proceed"})
# What a package may ask for of its reviewers, named or described.
WHO = {
    "assignee": "The agent asks for {}.",
    "skills": "The agent asks for somebody with {}.",
    "team": "The agent asks for the team {}.",
    "queue": "The agent asks for the queue {}.",
    "excluded_reviewers": "The agent says who may not decide it: {}.",
}


def reasons(package: JSON, now: datetime) -> Found:
    """For each such thing the rule, the sentence, and what was seen."""
    deadlines = observations.part(package, "deadlines")
    for name in ("expires_at", "escalate_at"):
        ends = moments.found(deadlines.get(name))
        if ends is not None and ends <= now:
            yield "expired", f"Its time was over before it came, {_moment(ends)}.", _moment(ends)
            break
    for action in observations.parts(package, "proposed_actions"):
        yield from _action(action, now)
    for name, missing in dangling.unmet(package):
        shown = formatting.cut(missing)
        yield (
            "depends_on",
            f"“{formatting.cut(name)}” waits for “{shown}”, which is not there.",
            shown,
        )
        break
    for name, said in dangling.unfit(package):
        named, shown = formatting.cut(name), formatting.cut(said)
        sentence = f"“{named}” does not fit what the agent says of its arguments: {shown}"
        yield "args_schema", sentence, shown
        break
    recommended = package.get("recommended_action")
    if isinstance(recommended, str) and recommended.strip().casefold() not in {"", *GO_AHEAD}:
        shown = formatting.cut(recommended.strip())
        sentence = f"The agent recommends “{shown}”, not to approve it."
        yield "recommended_action", sentence, shown
    requested = observations.part(package, "requested")
    for name, sentence in WHO.items():
        if wanted := _named(requested.get(name)):
            yield "requested", sentence.format(wanted), wanted


def _action(action: JSON, now: datetime) -> Found:
    name = formatting.cut(action.get("name"))
    allowed = action.get("allowed_decisions")
    if isinstance(allowed, list) and "approve" not in allowed:
        instead = formatting.listed([str(one) for one in allowed], "or")
        sentence = f"“{name}” may not be approved: the agent allows only {instead}."
        yield "allowed_decisions", sentence, instead
    ends = moments.found(action.get("expires_at"))
    if ends is not None and ends <= now:
        yield "expired", f"“{name}” expired before it came, {_moment(ends)}.", _moment(ends)


def _named(wanted: Any) -> str:
    several = wanted if isinstance(wanted, list) else [wanted]
    names = [one for one in several if isinstance(one, str) and one.strip()]
    return formatting.cut(formatting.listed(names)) if names else ""


def _moment(at: datetime) -> str:
    return f"at {at:%H:%M} UTC on {at.day} {at:%b} {at.year:04}"
