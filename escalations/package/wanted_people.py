"""A person asked for in words that are no fields: `needs_human`, `requiresApproval`, a flag
`human_review_required`. Whoever sends them means to stop, so they count, unlike other unknown keys.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from escalations.package import observations
from escalations.text import meanings

WHO = frozenset(
    {"human", "humans", "person", "people", "operator", "supervisor", "reviewer", "staff", "manual"}
    | {
        "approval",
        "review",
        "confirmation",
        "escalation",
        "handoff",
        "intervention",
        "signoff",
        "escalate",
    }
)
ASKS = frozenset(
    {"need", "needs", "needed", "require", "requires", "required", "requested", "wanted"}
    | {
        "await",
        "awaits",
        "awaiting",
        "wants",
        "ask",
        "asks",
        "pending",
        "necessary",
        "mandatory",
        "must",
    }
)
# Said without a verb.
WHOLE = frozenset(
    {
        "hitl",
        "human_hitl",
        "human_review",
        "human_approval",
        "manual_review",
    }
    | {"manual_approval", "human_handoff", "human_takeover", "human_intervention", "escalate"}
    | {"escalate_to_human", "escalate_to_person", "handoff_to_human", "hand_off_to_human"}
    | {
        "transfer_to_human",
        "talk_to_human",
        "speak_to_human",
        "ask_human",
        "human_escalation",
        "human_request",
    }
    | {"vier_augen", "quatre_yeux", "cuatro_ojos", "quattro_occhi", "quatro_olhos", "vier_ogen"}
)
# What frameworks call it: CrewAI, LangGraph, the OpenAI SDKs, A2A, AG-UI, Microsoft's and others.
OF_FRAMEWORKS = frozenset(
    {"human_input", "human_feedback", "interrupt", "interruption", "interrupt_on"}
    | {"interrupt_before", "interrupt_after", "requires_action", "action_required"}
    | {"input_required", "needs_input", "user_input_request", "request_user_input", "elicitation"}
    | {"task_state_input_required", "task_state_auth_required", "auth_required", "needs_decision"}
    | {"decision_required", "decision_needed", "needs_attention", "four_eyes", "secondopinion"}
    | {"confirm_before_execute", "wait_for_user", "ask_user", "must_check", "check_required"}
)
NOT = frozenset(
    {"no", "not", "non", "without", "never", "un", "skip", "skips", "dont", "if", "auto"}
)
FALSE = frozenset({"", "0", "false", "no", "none", "null", "off", "never", "not_required", "n"})
WORDS_MAX = 5
LABEL_MAX = 12  # Of a step that says for whom it waits, and until when.
# As the whole name of a tool.
ALONE = (meanings.APPROVAL, meanings.STOPS)
GIVES = (meanings.HUMAN, meanings.LEADING, meanings.APPROVAL, meanings.REVIEW)
# Under which a step of a process says who does it, and the words for people there.
DOERS = frozenset(
    {"actor", "owner", "by", "who", "role", "performer", "executor", "handler", "type"}
)
PEOPLE = (meanings.HUMAN, meanings.LEADING, meanings.SOMEBODY, meanings.OFFICE, meanings.BY_HAND)
# What is not about the package itself: the arguments of a call, schemas, and what machines wrote.
ELSEWHERE = frozenset(
    {"args", "arguments", "args_schema", "response_schema", "metadata", "environment", "edited"}
    | {"callback", "compensation", "attempted"}
)
NODES_MAX = 20_000


def named(package: dict[str, Any]) -> Iterator[str]:
    """The words by which the package asks for a person and which no field has."""
    for key, value in islice(_keys(package), NODES_MAX):
        if asks(key) and is_meant(value):
            yield key
    yield from (one for one in _said(package) if isinstance(one, str) and asks(one))
    process = observations.part(package, "context", "process")
    for step in observations.parts(process, "pending"):
        label = step.get("label")
        if isinstance(label, str) and _awaits_somebody(label):
            yield label
        yield from _whose(step)
    for action in observations.parts(package, "proposed_actions"):
        name = action.get("name")
        if isinstance(name, str) and (brings_somebody(name) or _is_a_stop(name)):
            yield name
    yield from filter(brings_somebody, _called(package))


def brings_somebody(name: str) -> bool:
    """Whether a tool of this name gives the case to a person: `transfer_to_human_agents`,
    `page_oncall`, `request_approval`, `escalate`."""
    parts = meanings.words(name)
    leading, somebody = meanings.LEADING.is_in(parts), _is_somebody(parts)
    handed = leading or somebody or meanings.DESK.is_in(parts)
    if (
        meanings.HUMAN.is_in(parts)
        or meanings.ESCALATES.is_in(parts)
        or (meanings.HANDS.is_in(parts) and handed)
        or (meanings.TELLS.is_in(parts) and leading)
        or (meanings.CALLS.is_in(parts) and somebody)
    ):
        return True
    asked = meanings.ASKS.is_in(parts)
    brought = asked or meanings.PUTS.is_in(parts) or meanings.TELLS.is_in(parts)
    is_put = "for" in parts or "manual" in parts
    approval, theirs = meanings.APPROVAL.is_in(parts), leading or meanings.OFFICE.is_in(parts)
    return (approval and (brought or theirs)) or (
        meanings.REVIEW.is_in(parts) and (asked or is_put)
    )


def _awaits_somebody(label: str) -> bool:
    """Whether a step of this label, which is still to come, is a person's."""
    parts = meanings.words(label)
    few = len(parts) <= WORDS_MAX
    if len(parts) > LABEL_MAX or (few and meanings.NOT.is_in(parts)) or meanings.DONE.is_in(parts):
        return False
    who = meanings.HUMAN.is_in(parts) or meanings.LEADING.is_in(parts)
    office = meanings.OFFICE.is_in(parts)
    done = meanings.REVIEW.is_in(parts) or meanings.DECIDES.is_in(parts)
    # “With the supervisor”, “Waiting on finance”, “OK from finance”.
    lies_there = meanings.BESIDE.is_in(parts[:1]) or meanings.ASKS.is_in(parts)
    given = done or lies_there or "ok" in parts
    approval = meanings.APPROVAL.is_in(parts)
    held = lies_there or meanings.STOPS.is_in(parts)
    held = approval or meanings.UNTIL.is_in(parts) or (held and meanings.REVIEW.is_in(parts))
    comes = meanings.SOMEBODY.is_in(parts) and meanings.COMES.is_in(parts)
    return (approval and few) or comes or ((who or office) and (given if few else held))


def _whose(step: dict[str, Any]) -> Iterator[str]:
    """Who does it, if that is a person, and a state in which it is held."""
    for key in DOERS.intersection(step):
        parts = meanings.words(step[key]) if isinstance(step[key], str) else ()
        if any(one.is_in(parts) for one in PEOPLE):
            yield f"{key}: {step[key]}"
    status = step.get("status")
    parts = meanings.words(status) if isinstance(status, str) else ()
    if meanings.STOPS.is_in(parts) and not meanings.NOT.is_in(parts):
        yield str(status)


def _called(package: dict[str, Any]) -> Iterator[str]:
    """The tools that the agent has called since the customer wrote last."""
    for message in observations.since_the_customer(package):
        call = observations.part(message, "tool_call")
        for name in (call.get("name"), observations.part(call, "function").get("name")):
            if isinstance(name, str):
                yield name


def _is_a_stop(tool: str) -> bool:
    parts = meanings.words(tool)
    return len(parts) == 1 and any(one.is_in(parts) for one in ALONE)


def _is_somebody(parts: meanings.Words) -> bool:
    return meanings.SOMEBODY.is_in(parts) or meanings.HELP.is_in(parts)


def _said(package: dict[str, Any]) -> Iterator[Any]:
    """Where a few words tell how far the work is, or by which rule it stops."""
    for flag in observations.parts(package, "flags"):
        yield from (flag.get("code"), flag.get("label"))
    yield observations.part(package, "trigger").get("rule")
    process = observations.part(package, "context", "process")
    yield process.get("position")
    for step in observations.parts(process, "pending"):
        yield from (step.get("status"), step.get("label"))


def _keys(package: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every key with its value, at any depth."""
    waiting: list[Any] = [package]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield from node.items()
            waiting.extend(value for key, value in node.items() if key not in ELSEWHERE)
        elif isinstance(node, list):
            waiting.extend(node)


@lru_cache(maxsize=4096)  # Packages have the same keys over and over.
def asks(text: str) -> bool:
    """Whether these few words say that a person is to decide."""
    parts = meanings.words(text)
    if meanings.NOT.is_in(parts):
        return False
    if _is_left_to_somebody(parts) or _is_of_somebody(parts):
        return True
    who = not WHO.isdisjoint(parts) or any(one.is_in(parts) for one in GIVES) or "ok" in parts
    wanted = not ASKS.isdisjoint(parts) or meanings.ASKS.is_in(parts)
    whole = "_".join(parts)
    few = len(set(parts)) <= WORDS_MAX
    return (few and who and wanted) or whole in WHOLE or whole in OF_FRAMEWORKS


def _is_left_to_somebody(parts: meanings.Words) -> bool:
    """`ask_first`, `najpierw_zapytać`; `à_valider`, `to_be_approved`."""
    # `ask_first_name` asks for a name.
    before = [part for part in parts[1:-1] if part != "first"]
    asked = meanings.ASKS_SOMEBODY.is_in(parts) and meanings.FIRST.is_in(
        (*parts[:1], *before, *parts[-1:])
    )
    what = (meanings.DECIDES, meanings.REVIEW, meanings.APPROVAL)
    return asked or (
        meanings.LEFT_TO.is_in(parts[:1]) and any(one.is_in(parts[:3]) for one in what)
    )


def _is_of_somebody(parts: meanings.Words) -> bool:
    """`validation_humaine`, `ręczna_weryfikacja`, if it is not over: `human_reviewed`."""
    theirs = meanings.HUMAN.is_in(parts) or meanings.BY_HAND.is_in(parts)
    done = meanings.REVIEW.is_in(parts) or meanings.APPROVAL.is_in(parts)
    return len(parts) <= 3 and theirs and done and not parts[-1].endswith("ed")


def words(text: str) -> str:
    """`needsHuman` and `needs-human` as `needs_human`."""
    return "_".join(meanings.words(text))


def is_meant(value: Any) -> bool:
    """Whether a yes was said by it, in one of the ways in which programs write a no."""
    if isinstance(value, str):
        return value.strip().lower().replace(" ", "_") not in FALSE
    return bool(value)
