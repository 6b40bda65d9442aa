"""The hard rules as the Levels screen lists them: when each fires, and all that it asks for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from escalations.policy.hard_rules import HardRule, HardRules, PersonRules
from escalations.text import formatting

PERSON = "Asks for a person"
OBEYED = "always obeyed"


@dataclass(frozen=True, slots=True)
class LockedRow:
    """One rule: `facts` are pairs of a term and what it says."""

    title: str
    reason: str
    level: int
    facts: tuple[tuple[str, str], ...]


def rows(rules: HardRules) -> list[LockedRow]:
    """The wish for a person first, then the rules in the order of their file."""
    person = rules.person
    first = LockedRow(PERSON, OBEYED, person.level, tuple(_filled(_of_person(person))))
    return [first, *(_row(rule) for rule in rules.rules)]


def _row(rule: HardRule) -> LockedRow:
    return LockedRow(rule.title, rule.reason, rule.level, tuple(_filled(_of_rule(rule))))


def _of_person(person: PersonRules) -> Iterator[tuple[str, str]]:
    yield "Sentences about", _topics(person.topics)
    yield "Words", ", ".join(person.phrases)
    if person.ask and person.who:
        asked = formatting.listed(person.ask, "or")
        yield "Words together", f"{asked}, then {formatting.listed(person.who, 'or')}"
    yield "Reasons given", "customer request"
    yield "Flags", _plain(person.flags)


def _of_rule(rule: HardRule) -> Iterator[tuple[str, str]]:
    yield "Sentences about", _topics(rule.topics)
    yield "Words", ", ".join(rule.words)
    yield "Reasons given", _plain(rule.triggers)
    yield "Flags", _plain(rule.flags)
    yield "Task types", ", ".join(map(formatting.title, rule.task_types))
    yield "Risk", "the agent says it cannot be taken back" if rule.irreversible else ""
    if limits := ", ".join(f"{name} {amount}" for name, amount in rule.amount_above.items()):
        yield "Amounts above", f"{limits}; any amount in another currency"
    yield "Asks for", ", ".join(_wants(rule))


def _wants(rule: HardRule) -> Iterator[str]:
    if rule.approvals and rule.approvals > 1:
        yield f"{rule.approvals} people"
    yield from (f"{skill} from {least}" for skill, least in rule.skills.items())
    if rule.priority:
        yield f"{rule.priority} priority"


def _topics(names: Sequence[str]) -> str:
    return f"{_plain(names)}, in every language that is recognised" if names else ""


def _plain(names: Sequence[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def _filled(facts: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return (fact for fact in facts if fact[1])
