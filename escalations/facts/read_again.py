"""The address that an admin registered for an agent, read in the place of asking the agent: once
for each call that rests on facts, all of them at the same time."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from pydantic import ValidationError

from console import clock
from console.outside import failures, outbound
from escalations.facts import answering, checks
from escalations.lookups import fetching, templates
from escalations.lookups.fetching import NotRead
from escalations.lookups.templates import NotFilled
from escalations.models import Agent, Escalation, FactCheck, Package
from escalations.proposal import stated_facts
from escalations.proposal.stated_facts import Place
from escalations.refusals import Conflict
from escalations.schemas.reports import FactNow

# What one slow call holds up comes while whoever presses still waits.
SPARE = timedelta(milliseconds=200)
GONE = "Nothing is registered any more."
# What people are told, after the name of the host.
UNFILLED = "could not be asked"
VALUELESS = "gave no value"
PARTLY = "gave no value for some of it"

log = structlog.get_logger(__name__)


class _Reading:
    """The calls of one question; the last to come back keeps what all of them brought."""

    def __init__(
        self, check: FactCheck, package: Package, wanted: dict[str, list[str]], faults: list[str]
    ) -> None:
        self.check, self.package = check, package
        self.wanted = wanted
        self._left, self._lock = len(wanted), threading.Lock()
        self._values: dict[Place, Any] = {}
        self._faults = faults
        self._failed = UNFILLED if faults else ""

    def one(self, url: str, resolve: outbound.Resolver) -> None:
        agent = self.check.escalation.agent
        left = self.check.asked_at + checks.WITHIN - SPARE - clock.now()
        values: dict[Place, Any] = {}
        faults: list[str] = []
        failed = failures.UNREACHED
        try:
            within_s = max(left.total_seconds(), 0.0)
            said = fetching.fetch(url, agent.facts_token, within_s=within_s, resolve=resolve)
            values, faults = _values(agent, self.package, said, self.wanted[url])
            failed = (PARTLY if values else VALUELESS) if faults else ""
        except NotRead as error:
            faults, failed = [str(error)], error.told
        finally:
            # Also where something else goes wrong: the other calls must not be waited for in vain.
            self._add(values, faults, failed)

    def _add(self, values: dict[Place, Any], faults: list[str], failed: str) -> None:
        with self._lock:
            self._values |= values
            self._faults += faults
            self._failed = failed or self._failed
            self._left -= 1
            is_last = self._left == 0
        if is_last:
            _keep(self.check, self.package, self._values, self._faults, self._failed)


def begin(
    check: FactCheck,
    package: Package,
    *,
    start: Callable[[Callable[[], None]], None],
    resolve: outbound.Resolver,
) -> None:
    """Read all that it rests on; `start` runs what is read beside the first."""
    wanted, faults = _addresses(check.escalation, package)
    if not wanted:
        _keep(check, package, {}, faults, UNFILLED)
        return
    reading = _Reading(check, package, wanted, faults)
    first, *others = wanted
    for other in others:
        start(partial(reading.one, other, resolve))
    reading.one(first, resolve)


def _addresses(escalation: Escalation, package: Package) -> tuple[dict[str, list[str]], list[str]]:
    """Each address with the actions that it is read for, and why there is none for others."""
    template = escalation.agent.facts_url
    if not template:
        return {}, [GONE]
    case = {
        "id": escalation.id,
        "number": escalation.number,
        "reference": escalation.correlation_id,
    }
    found: dict[str, list[str]] = {}
    faults: list[str] = []
    for action in package.document.get("proposed_actions") or ():
        if not action.get("facts"):
            continue
        value_of = partial(templates.value_in, package.document, action=action, case=case)
        try:
            found.setdefault(templates.filled(template, value_of), []).append(action["id"])
        except NotFilled as error:
            faults.append(str(error))
    return found, faults


def _values(
    agent: Agent, package: Package, said: Any, actions: list[str]
) -> tuple[dict[Place, Any], list[str]]:
    """What the answer says of the facts of these actions, and what of it cannot be read."""
    places = [place for place in stated_facts.every(package.document) if place[0] in actions]
    told = dict(_by_fields(agent, said, places) if agent.facts_fields else _by_labels(said, places))
    values: dict[Place, Any] = {}
    faults = []
    for place in places:
        action, label = place
        try:
            read = {"action_id": action, "label": label, "value": told.get(place)}
            values[place] = FactNow.model_validate(read).value
        except ValidationError:
            faults.append(f"Its answer has no text, number or truth value for “{label}”.")
    return values, faults


def _by_fields(agent: Agent, said: Any, places: list[Place]) -> Iterator[tuple[Place, Any]]:
    paths = dict(agent.facts_fields)
    for place in places:
        if place[1] in paths:
            yield place, templates.at(said, paths[place[1]])


def _by_labels(said: Any, places: list[Place]) -> Iterator[tuple[Place, Any]]:
    """An answer like the one of an agent; what names no action is true of all it was read for."""
    listed = said.get("facts") if isinstance(said, dict) else None
    for one in listed if isinstance(listed, list) else ():
        if not isinstance(one, dict):
            continue
        for place in places:
            if one.get("label") == place[1] and one.get("action_id", place[0]) == place[0]:
                yield place, one.get("value")


def _keep(
    check: FactCheck, package: Package, values: dict[Place, Any], faults: list[str], failed: str
) -> None:
    if faults:
        answering.could_not_read(check, list(dict.fromkeys(faults)))
    try:
        answering.read(check, package, values, failed=failed, now=clock.now())
    except Conflict as error:
        log.info("facts_not_kept", check=check.id, error=error.detail)
