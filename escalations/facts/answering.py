"""What an agent, or the address that was registered for it, says when it is asked whether its facts
still hold: kept once, with its line beside the case, however late it comes.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from console.outside import failures
from escalations.facts import checks, late
from escalations.lifecycle.taking_back import reversing
from escalations.live import hints
from escalations.models import Escalation, FactCheck, Package, State
from escalations.proposal import stated_facts
from escalations.proposal.stated_facts import Place
from escalations.record import readings, vouching
from escalations.record.lines import BATON, Actor
from escalations.refusals import Conflict, Fault, Invalid, NotFound

JSON = Mapping[str, Any]
NOT_READ_MAX = 500
# Whoever decided hears what comes so long after the agent has it.
HEARD_FOR = timedelta(hours=1)


def answer(
    escalation: Escalation, check_id: str, said: Sequence[JSON], *, agent: str, now: datetime
) -> tuple[FactCheck, bool]:
    """Keep what the agent says; the same again gives the row that is there, and False.

    Raises NotFound for what was not asked; Invalid for a fact that the package does not have;
    Conflict where it was answered otherwise, where the package has changed and where the case is
    over and nobody who decided it has any use for it.
    """
    check = FactCheck.objects.filter(pk=check_id, escalation=escalation).first()
    if check is None:
        raise NotFound("not_found", "You were not asked that about this case.")
    package = escalation.packages.get(version=check.package_version)
    values = _values(package, said)
    if check.answered_at is None:
        _require_current(escalation, check, now=now)
        if _keep(check, values, package, by=Actor("agent", agent), now=now):
            return check, True
        check.refresh_from_db()
    if values != check.answer:
        raise Conflict("answered", "It was answered before, otherwise.", at=check.answered_at)
    return check, False


def unknown(package: Package, said: Mapping[int, JSON]) -> dict[int, Fault]:
    """By its place in the answer, what is no fact of this package, and each of those that are one
    fact twice: none of them says how it is now."""
    places = set(stated_facts.every(package.document))
    actions, known, faults = {action for action, _ in places}, dict[Place, int](), {}
    for at, one in said.items():
        place = (one["action_id"], one["label"])
        if place[0] not in actions:
            faults[at] = Fault(f"/facts/{at}/action_id", "names no action that has facts")
        elif place not in places:
            faults[at] = Fault(f"/facts/{at}/label", "is no fact of this action")
        elif place in known:
            for one_of_them in (known[place], at):
                pointer = f"/facts/{one_of_them}/label"
                faults[one_of_them] = Fault(pointer, "is there twice")
        known.setdefault(place, at)
    return faults


def not_read(check: FactCheck, faults: Sequence[Fault]) -> None:
    """Keep what of a reply could not be read, for whoever looks after the agent."""
    could_not_read(check, [f"{one.pointer or '/'} {one.detail}" for one in faults], between="; ")
    FactCheck.objects.filter(pk=check.pk).update(failed=failures.UNREAD)


def could_not_read(check: FactCheck, sentences: Sequence[str], *, between: str = " ") -> None:
    """The same of what is said in sentences."""
    FactCheck.objects.filter(pk=check.pk).update(not_read=between.join(sentences)[:NOT_READ_MAX])


def read(
    check: FactCheck,
    package: Package,
    now_is: Mapping[Place, Any],
    *,
    failed: str = "",
    now: datetime,
) -> None:
    """Keep what stands at the registered address; nothing: whoever waits goes on at once. `failed`
    says what went wrong, in words after who was asked.

    Raises Conflict where the package has changed and where the case is over.
    """
    _require_current(check.escalation, check, now=now)
    places = stated_facts.every(package.document)
    values = [[*place, now_is[place]] for place in places if place in now_is]
    _keep(check, values, package, by=BATON, failed=failed, now=now)


def unreachable(check: FactCheck, failed: str, *, by: Actor, now: datetime) -> None:
    """Nobody could be asked, as these words say: whoever waits goes on at once."""
    package = check.escalation.packages.get(version=check.package_version)
    _keep(check, [], package, by=by, failed=failed, now=now)


def _keep(
    check: FactCheck,
    values: list[Any],
    package: Package,
    *,
    by: Actor,
    failed: str = "",
    now: datetime,
) -> bool:
    """Whether this answer was the first."""
    facts = {
        "check": check.id,
        "package_version": package.version,
        "count": len(values),
        "answer": vouching.hidden(values, package.salt),
        **checks.whence(check),
    }
    with transaction.atomic():
        # The condition, not a lock: of two that answer at once the first counts.
        free = FactCheck.objects.filter(pk=check.pk, answered_at__isnull=True)
        if not free.update(answered_at=now, answer=values, failed=failed):
            return False
        readings.write(check.escalation, "facts_answered", facts, by=by, now=now)
        hints.announce(check.escalation)
        check.answered_at, check.answer, check.failed = now, values, failed
        late.answered(check, package, now=now)
    return True


def _values(package: Package, said: Sequence[JSON]) -> list[Any]:
    """In the order of the package. Raises Invalid for what it does not have, and for one twice."""
    places = list(stated_facts.every(package.document))
    faults = unknown(package, dict(enumerate(said)))
    if faults:
        raise Invalid("The body is not valid.", errors=list(faults.values()))
    found = {(one["action_id"], one["label"]): one["value"] for one in said}
    return [[*place, found[place]] for place in places if place in found]


def _require_current(escalation: Escalation, check: FactCheck, *, now: datetime) -> None:
    ends = escalation.effective_at if escalation.state == State.DECIDED else None
    # Whoever decided may still undo it, or reverse what cleared something.
    if ends is not None and escalation.outcome in reversing.OUTCOMES:
        ends += HEARD_FOR
    if escalation.state not in State.open() and (ends is None or ends <= now):
        raise Conflict("over", "Nobody decides this any more.", at=escalation.closed_at)
    if check.package_version != escalation.package_version:
        raise Conflict("stale", "You sent a newer version; its facts stand in it.")
