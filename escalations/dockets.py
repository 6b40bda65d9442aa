"""All that a decision must know, in one statement: the case, its package and what there is."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import orjson

from console.database import statements
from console.database.joined import Joined
from escalations.models import Escalation, Package, Requirement


class Docket(NamedTuple):
    """What one look at the database saw; nothing of it is locked."""

    escalation: Escalation
    package: Package
    decisions: int
    listens: bool
    answer: dict[str, Any] | None


def read(escalation_id: str, *, person: int = 0, command: str = "") -> Docket | None:
    """The docket of this escalation, with the answer that `person` got to that command before."""
    found = statements.rows(_statement(), [person, command, escalation_id])
    if not found:
        return None
    return _made(found[0])


def read_all(numbers: Sequence[int]) -> dict[int, Docket]:
    """The dockets of these escalations, by their numbers."""
    values = [0, "", statements.each_of(numbers)]
    found = statements.rows(_statement_of_all(), values) if numbers else []
    return {docket.escalation.number: docket for docket in map(_made, found)}


def _made(row: tuple[Any, ...]) -> Docket:
    (escalation, package, requirement), standing = ROWS.made(row)
    escalation.requirement = requirement
    package.escalation = escalation
    decisions, listens, answer = standing
    return Docket(
        escalation, package, decisions, bool(listens), orjson.loads(answer) if answer else None
    )


ROWS = Joined({"escalation": Escalation, "package": Package, "requirement": Requirement})
_STANDING = """
    (SELECT count(*) FROM escalations_decision AS decision
      WHERE decision.escalation_id = escalation.number),
    EXISTS (SELECT 1 FROM escalations_endpoint AS endpoint
      WHERE endpoint.agent_id = escalation.agent_id AND endpoint.disabled_at IS NULL),
    (SELECT kept.answer FROM escalations_commandanswer AS kept
      WHERE kept.person_id = %s AND kept.command_id = %s)
"""
_FROM = """
    FROM escalations_escalation AS escalation
    JOIN escalations_package AS package
      ON package.escalation_id = escalation.number AND package.version = escalation.package_version
    JOIN escalations_requirement AS requirement ON requirement.id = escalation.requirement_id
"""


@cache
def _statement() -> str:
    return f"SELECT {ROWS.columns}, {_STANDING} {_FROM} WHERE escalation.id = %s"


@cache
def _statement_of_all() -> str:
    among = f"escalation.number IN ({statements.each()})"
    return f"SELECT {ROWS.columns}, {_STANDING} {_FROM} WHERE {among}"
