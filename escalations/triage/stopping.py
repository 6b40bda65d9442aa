"""Who stops, gets a person: at level 1, what the agent itself says that it stopped for."""

from collections.abc import Iterator
from typing import Any

from escalations.package import observations, unknown_keys, wanted_people
from escalations.policy.document import DESPITE_NOTHING
from escalations.policy.hard_rules import Compiled
from escalations.text import formatting, meanings
from escalations.triage import approvable, prose, unread
from escalations.triage.compiled import Subject
from escalations.triage.verdict import Notes

FAILED_OFTEN = 3
RISKY = 0.9  # Of 1: what some say instead of “critical”.
Found = tuple[str, str, Any]
# In the package as it was sent: what it leaves out is not asked for, whatever the model takes.
ASKED = {
    "approval": "The agent asks for an approval.",
    "review_draft": "The agent asks a person to review its draft.",
}
WORDS = {
    "low_confidence": "it is not sure enough",
    "high_risk_action": "the risk is high",
    "policy": "a policy says so",
    "customer_request": "the customer asks for a person",
    "sentiment": "of the customer’s mood",
    "repeated_failure": "it failed several times",
    "timeout": "it took too long",
    "tool_error": "a tool failed",
    "missing_information": "information is missing",
    "out_of_scope": "it is not for the agent",
    "agent_handoff": "another agent should take it",
    "verification": "something has to be verified",
    "exception": "something unusual came up",
    "predicted": "it expects trouble",
}


def note(subject: Subject, rules: Compiled, notes: Notes) -> None:
    """Level 2 for each reason to stop, unless the task type acts alone despite that trigger."""
    despite = subject.terms.task_type.act_despite
    for rule, sentence, observed in _reasons(subject.package, despite):
        notes.add(2, rule, sentence, observed)
    for rule, sentence, observed in _written(subject.package, despite, rules):
        notes.add(2, rule, sentence, observed)
    for rule, sentence, observed in approvable.reasons(subject.package, subject.now):
        notes.add(2, rule, sentence, observed)


def _reasons(package: dict[str, Any], despite: list[Any]) -> Iterator[Found]:
    trigger = observations.part(package, "trigger").get("type")
    if isinstance(trigger, str) and trigger not in {DESPITE_NOTHING, *despite}:
        why = WORDS.get(trigger, f"of “{formatting.cut(trigger)}”")
        yield "trigger", f"The agent stopped because {why}.", trigger
    yield from _asks(package)
    for flag in observations.parts(package, "flags"):
        if flag.get("severity") == "critical":
            code = formatting.cut(flag.get("code"))
            yield "critical", f"The flag “{code}” is critical.", code
            break
    danger = next(filter(unknown_keys.is_danger, _codes(package)), None)
    if danger is not None:
        yield "critical", f"The flag “{formatting.cut(danger)}” warns of a danger.", danger
    factor = next(filter(unknown_keys.is_danger, _factors(package)), None)
    if factor is not None:
        yield "critical", f"What makes it risky is “{formatting.cut(factor)}”.", factor
    stop = next(filter(unknown_keys.is_stop, _codes(package)), None)
    if stop is not None:
        yield "flag", f"The flag “{formatting.cut(stop)}” says not to go on.", stop
    yield from _risks(package)
    failures = observations.failures(package)
    if failures >= FAILED_OFTEN and "repeated_failure" not in despite:
        yield "failures", f"The agent has failed {failures} times.", failures
    unheard = next(unread.found(package), None)
    if unheard is not None:
        key, meant = unheard
        why = f"which is not read; {meant} may be meant" if meant else "which no field has"
        yield "unread", f"The agent sent “{key}”, {why}.", key


def _asks(package: dict[str, Any]) -> Iterator[Found]:
    requested = observations.part(package, "requested")
    method = requested.get("method")
    if isinstance(method, str) and method in ASKED:
        yield "requested", ASKED[method], method
    if requested.get("options"):
        yield "requested", "The agent asks a person to choose.", "options"
    if "approvals_needed" in requested:
        yield "requested", "The agent asks for an approval.", "approvals_needed"
    if any(map(_is_question, observations.parts(package, "proposed_actions"))):
        yield "requested", "The agent asks a question that a person has to answer.", "question"
    other = package.get("hand_to_agent")
    if isinstance(other, str) and other:
        named = formatting.cut(other)
        yield "requested", f"The agent wants to hand the case to the agent “{named}”.", named
    word = next(wanted_people.named(package), None)
    if word is not None:
        said = formatting.cut(word)
        yield "requested", f"The agent asks for a person: “{said}”.", said


def _asked_in(text: str, rules: Compiled) -> str | None:
    """The words in it by which a person is asked for: a code, a few words, or a sentence."""
    parts = meanings.words(text)
    if len(parts) == 1 and parts[0].isascii():
        # A message of the type `human` is one of the customer.
        alone = (meanings.ESCALATES, meanings.APPROVAL)
        return text if "hitl" in parts or any(one.is_in(parts) for one in alone) else None
    # What ends like a sentence is one, however short.
    few = len(parts) <= wanted_people.WORDS_MAX and text.strip()[-1:] not in ".!?。"
    if few and (wanted_people.brings_somebody(text) or wanted_people.asks(text)):
        return text
    return prose.wish(text, rules)


def _is_question(action: dict[str, Any]) -> bool:
    # Whoever describes the answer asks for one.
    return action.get("kind") == "question" or bool(action.get("response_schema"))


def _codes(package: dict[str, Any]) -> list[str]:
    codes = (flag.get("code") for flag in observations.parts(package, "flags"))
    return [code for code in codes if isinstance(code, str)]


def _factors(package: dict[str, Any]) -> Iterator[str]:
    """What makes it risky, where that is said in few words."""
    for one in (package, *observations.parts(package, "proposed_actions")):
        factors = observations.part(one, "risk").get("factors")
        for factor in factors if isinstance(factors, list) else ():
            if isinstance(factor, str) and len(meanings.words(factor)) <= wanted_people.WORDS_MAX:
                yield factor


def _risks(package: dict[str, Any]) -> Iterator[Found]:
    actions = observations.parts(package, "proposed_actions")
    risks = [observations.part(one, "risk") for one in (package, *actions)]
    if any(risk.get("level") == "critical" for risk in risks):
        yield "critical", "The agent says that the risk is critical.", "critical"
    scores = (risk.get("score") for risk in risks)
    highest: float = max((one for one in scores if observations.is_number(one)), default=0)
    if highest >= RISKY:
        sentence = f"The agent gives the risk as {formatting.number(highest)} of 1."
        yield "critical", sentence, highest


def _written(package: dict[str, Any], despite: list[Any], rules: Compiled) -> Iterator[Found]:
    """A person wanted in a sentence of the agent, or in what nothing else reads."""
    trigger = observations.part(package, "trigger").get("type")
    for text in prose.texts(package, with_reason=trigger not in despite):
        said = prose.wish(text, rules)
        if said is not None:
            shown = formatting.cut(said)
            yield "requested", f"The agent writes that a person is wanted: “{shown}”.", shown
            break
    promised = prose.promise(package)
    if promised is not None:
        shown = formatting.cut(promised)
        yield (
            "promised",
            f"The agent’s reply tells the customer that a person comes: “{shown}”.",
            shown,
        )
    written = prose.promise_of_call(package)
    if written is not None:
        name, shown = map(formatting.cut, written)
        yield "promised", f"“{name}” would write that a person comes: “{shown}”.", shown
    for key, text in unread.texts(package):
        said = _asked_in(text, rules)
        if said is not None:
            shown = formatting.cut(said)
            sentence = f"The agent asks for a person under “{key}”, which is not read: “{shown}”."
            yield "unread", sentence, shown
            break
