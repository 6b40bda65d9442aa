"""A case for its page, read by statements of our own: the row with whom and what it names, and what
there is beside it, so that nothing is asked for that is not there; and the cases before it."""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import connection

from console.database import statements
from console.database.joined import Joined
from escalations.models import Agent, Escalation, Package, Requirement


class CaseFile(NamedTuple):
    """The package that is decided on, and what else there is; `remarks` are their kinds."""

    package: Package
    has_additions: bool
    has_decisions: bool
    has_drafts: bool
    has_joined: bool
    has_look_ups: bool
    remarks: frozenset[str]


def case(escalation_id: str) -> Escalation | None:
    """The case with this id, with its requirement, its agent, and the people whom it names."""
    return next(_cases("escalation.id = %s", escalation_id), None)


def numbered(numbers: Collection[int]) -> list[Escalation]:
    """The cases with these numbers, each like that; in no order."""
    among = f"escalation.number IN ({statements.each()})"
    return list(_cases(among, statements.each_of(list(numbers))))


def read(escalation: Escalation) -> CaseFile:
    """What there is of it now. Raises Package.DoesNotExist where its package is missing."""
    rows, statement = _beside()
    whose = [escalation.task_type, escalation.agent_id]
    found = statements.rows(statement, [*whose, escalation.number, escalation.package_version])
    if not found:
        raise Package.DoesNotExist
    (package,), (additions, decisions, drafts, joined, look_ups, remarks) = rows.made(found[0])
    package.escalation = escalation
    kinds = frozenset(remarks.split(",")) if remarks else frozenset[str]()
    return CaseFile(
        package, bool(additions), bool(decisions), bool(drafts), bool(joined), bool(look_ups), kinds
    )  # fmt: skip


def before(
    escalation: Escalation, *, customer: str, since: datetime, at_most: int
) -> Iterator[Escalation]:
    """The case that it raises again, those of the same matter, and since that moment those of this
    customer (an empty name is nobody's; of whom both have an id, it is the same), the newest first,
    each with its requirement; looks at the newest of each kind, at most so many. They have what is
    told of them, and who may see them."""
    rows, statement = _before()
    matter = [escalation.agent_id, escalation.correlation_id]
    # Of an empty correlation there are as many as cases: none has a number below 0.
    alike = [*matter, escalation.number if escalation.correlation_id else 0, at_most]
    name, number = customer.strip(), escalation.number if customer else 0
    customer_id = escalation.customer_key if escalation.customer_key != name else ""
    known = [customer_id, customer, number, at_most] if customer_id else ["", "", 0, 0]
    of_customer = [customer, number, at_most, customer_id, customer_id, name, *known]
    raised = escalation.re_escalates_id or 0
    moment = connection.ops.adapt_datetimefield_value(since)
    values = [*alike, *of_customer, raised, raised, moment, *matter]
    for row in statements.rows(statement, values):
        (found, requirement), _ = rows.made(row)
        found.requirement = requirement
        yield found


def _cases(which: str, value: Any) -> Iterator[Escalation]:
    rows, statement = _named()
    for row in statements.rows(f"{statement} WHERE {which}", [value]):
        (escalation, requirement, agent, *people), _ = rows.made(row)
        escalation.requirement, escalation.agent = requirement, agent
        escalation.held_by, escalation.offered_to, escalation.decided_by = people
        yield escalation


@cache
def _before() -> tuple[Joined, str]:
    kinds = {"escalation": Escalation, "requirement": Requirement}
    rows = Joined(kinds, only={"escalation": _BEFORE})
    return rows, f"SELECT {rows.columns} {_ALIKE}"


@cache
def _named() -> tuple[Joined, str]:
    person = get_user_model()
    kinds = {"escalation": Escalation, "requirement": Requirement, "agent": Agent}
    people = {"held_by": person, "offered_to": person, "decided_by": person}
    rows = Joined(kinds | people)
    joins = " ".join(
        f"LEFT JOIN {person._meta.db_table} AS {name} ON {name}.id = escalation.{name}_id"  # noqa: SLF001
        for name in people
    )
    return rows, f"SELECT {rows.columns} {_FROM} {joins}"


@cache
def _beside() -> tuple[Joined, str]:
    rows = Joined({"package": Package})
    listed = "string_agg" if statements.on_postgres() else "group_concat"
    # SQLite takes no separator beside DISTINCT; its own is the comma.
    kinds = "DISTINCT kind, ','" if statements.on_postgres() else "DISTINCT kind"
    return rows, f"SELECT {rows.columns}, {_THERE} (SELECT {listed}({kinds}) {_REMARKS}"


_FROM = """
    FROM escalations_escalation AS escalation
    JOIN escalations_requirement AS requirement ON requirement.id = escalation.requirement_id
    JOIN escalations_agent AS agent ON agent.id = escalation.agent_id
"""
_BEFORE = frozenset(
    {"number", "id", "summary", "state", "outcome", "arrived_at", "closed_at"}
    | {"requirement_id", "held_by_id", "offered_to_id", "decided_by_id"}
    | {"task_type", "units", "strict", "assignee", "wanted_by", "excluded"}
)
# The newest of each kind by an index of its own, whatever else there is.
_ALIKE = """
    FROM (
      SELECT number FROM (SELECT number FROM escalations_escalation
        WHERE agent_id = %s AND correlation_id = %s AND number < %s
        ORDER BY number DESC LIMIT %s) AS correlated
      UNION SELECT number FROM (SELECT number, customer_key FROM escalations_escalation
        WHERE customer > '' AND customer = %s AND number < %s
        ORDER BY number DESC LIMIT %s) AS of_customer
        WHERE %s = '' OR customer_key IN ('', %s, %s)
      UNION SELECT number FROM (SELECT number FROM escalations_escalation
        WHERE customer_key <> '' AND customer_key = %s AND decided_by_id IS NOT NULL
        AND customer = %s AND number < %s
        ORDER BY decided_at DESC LIMIT %s) AS known
      UNION SELECT number FROM escalations_escalation WHERE number = %s
    ) AS alike
    JOIN escalations_escalation AS escalation ON escalation.number = alike.number
    JOIN escalations_requirement AS requirement ON requirement.id = escalation.requirement_id
    WHERE escalation.number = %s OR escalation.arrived_at >= %s
      OR (escalation.agent_id = %s AND escalation.correlation_id = %s
        AND escalation.correlation_id <> '')
    ORDER BY escalation.number DESC
"""
_THERE = """
    EXISTS (SELECT 1 FROM escalations_addition AS one
      WHERE one.escalation_id = package.escalation_id),
    EXISTS (SELECT 1 FROM escalations_decision AS one
      WHERE one.escalation_id = package.escalation_id),
    EXISTS (SELECT 1 FROM escalations_workingdraft AS one
      WHERE one.escalation_id = package.escalation_id),
    EXISTS (SELECT 1 FROM escalations_joinedcall AS one
      WHERE one.escalation_id = package.escalation_id),
    EXISTS (SELECT 1 FROM escalations_lookup AS one
      WHERE one.removed_at IS NULL AND (one.task_type = '' OR one.task_type = %s)
      AND (one.agent_id IS NULL OR one.agent_id = %s)),
"""
_REMARKS = """
    FROM escalations_remark AS one WHERE one.escalation_id = package.escalation_id)
    FROM escalations_package AS package WHERE package.escalation_id = %s AND package.version = %s
"""
