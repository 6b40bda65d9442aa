"""Reading a policy from outside: every fault is named by JSON pointer, in words, in one answer."""

import difflib
import json
from typing import Any

from pydantic import ValidationError

from escalations import refusals
from escalations.policy import rule_fields
from escalations.policy.amount_source import AmountSource
from escalations.policy.assignment import Ring, Routing, Weights
from escalations.policy.deadlines import LadderStep, OpeningHours
from escalations.policy.document import AmountLimits, Limit, PolicyDocument, Rule, TaskType
from escalations.policy.methods import CustomerWait
from escalations.policy.replies import CannedReply
from escalations.text import formatting

BYTES_MAX = 1_048_576
_PARTS = (PolicyDocument, TaskType, Rule, Limit, AmountLimits)
_MORE_PARTS = (
    AmountSource,
    CannedReply,
    CustomerWait,
    OpeningHours,
    LadderStep,
    Routing,
    Ring,
    Weights,
)
_KEYS = {name for part in (*_PARTS, *_MORE_PARTS) for name in part.model_fields}
# What stands elsewhere under a name of its own.
_OTHER_NAMES = {
    "deadlines": "respond_s, expires_s, on_timeout or ladder of a task type or of defaults",
}
_SENTENCES = {
    "missing": "This is missing.",
    "literal_error": "Use {expected}.",
    "greater_than_equal": "Use at least {ge:g}.",
    "less_than_equal": "Use at most {le:g}.",
    "greater_than": "Use more than {gt:g}.",
    "less_than": "Use less than {lt:g}.",
    "int_type": "Use a whole number.",
    "float_type": "Use a number.",
    "bool_type": "Use true or false.",
    "string_type": "Use a text.",
    "list_type": "Use a list.",
    "dict_type": "Use an object.",
    "model_type": "Use an object.",
    "string_pattern_mismatch": "This must match {pattern}.",
    "string_too_long": "Use at most {max_length} characters.",
    "string_too_short": "Use at least {min_length} character.",
    "too_long": "Use at most {max_length}.",
}


def parse(text: bytes | str, *, kept: bool = False) -> PolicyDocument:
    """The policy in a JSON text, as `check`. Raises Invalid, also for a key that stands twice."""
    if len(text) > BYTES_MAX:
        raise refusals.Invalid(f"The policy is longer than {BYTES_MAX:,} bytes.")
    try:
        # Not orjson, which keeps the last of two equal keys and says nothing.
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    # The standard library recurses, and the text is from outside.
    except (ValueError, RecursionError) as error:
        raise refusals.Invalid(f"The policy is not JSON: {error}") from error
    return check(document, kept=kept)


def check(document: Any, *, kept: bool = False) -> PolicyDocument:
    """The policy in a parsed JSON document. Raises Invalid with every fault.

    One that is `kept` already stays readable with what was allowed once: the field of a rule that
    no package has."""
    faults: list[refusals.Fault] = []
    policy: PolicyDocument | None = None
    if isinstance(document, dict) and "schema" not in document:
        faults.append(refusals.Fault("/schema", "This is missing. Use 'handoff.policy/1'."))
    try:
        policy = PolicyDocument.model_validate(document)
    except ValidationError as error:
        faults += [_fault(one) for one in error.errors(include_url=False)]
    if policy:
        faults += [*_bands(policy), *_hours(policy), *([] if kept else rule_fields.faults(policy))]
    if faults or policy is None:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise refusals.Invalid(f"The policy has {count}.", errors=faults)
    return policy


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:64]!r} stands twice in one object")
    return document


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _bands(policy: PolicyDocument) -> list[refusals.Fault]:
    """`act_at` and `review_below` may come from different places, so they are compared merged."""
    return [
        refusals.Fault(
            f"{pointer}/act_at",
            f"An agent cannot act alone from {formatting.percent(task_type.act_at)} where it must "
            f"hand over below {formatting.percent(task_type.review_below)}.",
        )
        for pointer, task_type in _whole(policy).items()
        if task_type.act_at < task_type.review_below
    ]


def _hours(policy: PolicyDocument) -> list[refusals.Fault]:
    """Hours that are named exist, and an answer within them is due within a year."""
    stated = {"/defaults": policy.defaults} | {
        _pointer(name): own for name, own in policy.task_types.items()
    }
    missing = [
        refusals.Fault(f"{pointer}/hours", f"There are no opening hours “{own.hours}”.")
        for pointer, own in stated.items()
        if own.hours is not None and own.hours not in policy.hours
    ]
    return missing or [
        refusals.Fault(f"{pointer}/respond_s", "In these opening hours this takes over a year.")
        for pointer, task_type in _whole(policy).items()
        if _years(policy, task_type) > 1
    ]


def _years(policy: PolicyDocument, task_type: TaskType) -> float:
    kept = policy.hours_of(task_type)
    longest = max(task_type.respond_within(level) for level in (2, 3))
    return longest / (kept.week_s * 52) if kept else 0


def _whole(policy: PolicyDocument) -> dict[str, TaskType]:
    """What holds for each part, by its place in the document."""
    return {"/defaults": policy.defaults} | {
        _pointer(name): policy.for_task_type(name) for name in policy.task_types
    }


def _pointer(name: str) -> str:
    return f"/task_types/{_escaped(name)}"


def _fault(error: Any) -> refusals.Fault:
    parts = [part for part in error["loc"] if part != "[key]"]
    pointer = "".join(f"/{_escaped(str(part))}" for part in parts)
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return refusals.Fault(pointer, _unknown(str(parts[-1])))
    elif kind in _SENTENCES:
        return refusals.Fault(pointer, _SENTENCES[kind].format(**context))
    else:
        return refusals.Fault(pointer, error["msg"])


def _unknown(key: str) -> str:
    near = difflib.get_close_matches(key[:64], _KEYS, n=1)
    meant = _OTHER_NAMES.get(key, near[0] if near else "")
    return f"No such key here. Did you mean {meant}?" if meant else "No such key here."


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
