"""A press that clears what an agent proposed waits for the word that the facts still hold.

At most two seconds, and by nobody's thread: it is refused with `Asking`, and whoever brought it
(`consumers.py`) brings it again when the answer is there or the time is over.
"""

from datetime import datetime, timedelta
from typing import Any

from escalations.access import Viewer
from escalations.commands import table
from escalations.commands.command import Command
from escalations.dockets import Docket
from escalations.facts import checks, now_and_then
from escalations.facts.now_and_then import FactsNow
from escalations.masking import seen
from escalations.models import Escalation, FactCheck, Package
from escalations.proposal import stated_facts
from escalations.refusals import Conflict

JSON = dict[str, Any]
CLEARS = frozenset({"approve", "edit", "choose", "redirect"})
# A press of the same person that comes again, as a form without a socket must.
SERVES = timedelta(seconds=10)
UNANSWERED = "{} {}, so whether the facts still hold is not known."


class Asking(Conflict):
    """The agent is being asked; the same press counts once it has answered, or from `until`."""

    def __init__(self, check: FactCheck) -> None:
        who = check.read_from or "The agent"
        super().__init__("asking", f"{who} is asked whether this still holds. Press again.")
        self.until = check.asked_at + checks.WITHIN


def require(docket: Docket, command: Command, viewer: Viewer, *, now: datetime) -> JSON:
    """What the line of the decision says of the facts; nothing where the package has none.

    Raises Asking while the agent has not answered, Conflict where a value is another one and this
    press is not of somebody who was shown it.
    """
    escalation, package = docket.escalation, docket.package
    if command.name not in CLEARS or '"facts"' not in package.received:
        return {}
    if not stated_facts.every(package.document) or _is_in_vain(escalation, command, viewer):
        return {}
    check = _asked(escalation, package, command, viewer, now=now)
    if check is None:
        return {"facts": "not_asked"}
    if checks.is_open(check, now=now):
        raise Asking(check)
    shown = seen.version(viewer, escalation, package, now=now)
    found = now_and_then.read(package, shown, check, now=now)
    if found.changed and command.arguments.get("facts_seen") != found.digest:
        raise Conflict("facts_changed", _sentence(found), at=check.answered_at)
    whence = {"facts_from": check.read_from} if check.read_from else {}
    return {"facts": found.result, "fact_check": check.id, **whence}


def said(held: JSON) -> str:
    """What a person is told who went on without an answer."""
    if held.get("facts") != "unanswered":
        return ""
    check = FactCheck.objects.get(pk=held["fact_check"])
    return UNANSWERED.format(check.read_from or "The agent", checks.why(check))


def _is_in_vain(escalation: Escalation, command: Command, viewer: Viewer) -> bool:
    """Whether it is refused in any case, as it came too late or is not theirs to decide: versions
    only grow, and whatever gives a case to somebody raises them."""
    late = command.version < escalation.version
    return late or command.name not in table.open_to(viewer, escalation)


def _asked(
    escalation: Escalation, package: Package, command: Command, viewer: Viewer, *, now: datetime
) -> FactCheck | None:
    mine = FactCheck.objects.filter(
        escalation=escalation, package_version=package.version, person=viewer.user_id
    )
    check = mine.filter(command=command.id).first()
    if check is None:
        lately = mine.exclude(command="").filter(asked_at__gt=now - SERVES)
        check = lately.order_by("-asked_at").first()
    return check or checks.ask(escalation, package, by=viewer, command=command.id, now=now)


def _sentence(found: FactsNow) -> str:
    told = [f"{one.label} was {one.was}, is {one.now} now" for one in found.changed[:3]]
    more = len(found.changed) - len(told)
    listed = "; ".join(told) + (f"; and {more} more" if more else "")
    return f"This has changed: {listed}. Nothing was sent; press again if you still want it."
