"""What a package says and what was said when it was asked again, side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from escalations.facts import checks
from escalations.masking.seen import SeenPackage
from escalations.models import Escalation, FactCheck, Package
from escalations.proposal import stated_facts
from escalations.proposal.stated_facts import Place, Stated
from escalations.record import vouching
from escalations.text.mask import MASK, stands_in


@dataclass(frozen=True, slots=True)
class ChangedFact:
    """A fact that is another one now, as this person may read it."""

    label: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class FactsNow:
    """How the last question ended; `digest` is of the values that are another one now.

    `asked` is who was: the agent, or a host. `result`: `asking`, `same`, `changed`, or `unanswered`
    where the answer lacks something.
    """

    result: str
    check: FactCheck
    agent: str = ""
    asked: str = ""
    changed: tuple[ChangedFact, ...] = ()
    digest: str = ""
    was_stopped: bool = False

    @property
    def at(self) -> datetime:
        """When it was answered, or else asked."""
        return self.check.answered_at or self.check.asked_at

    @property
    def why(self) -> str:
        """Why the answer lacks something, after who was asked."""
        return checks.why(self.check)

    @property
    def is_asking(self) -> bool:
        return self.result == "asking"


def read(package: Package, shown: SeenPackage, check: FactCheck, *, now: datetime) -> FactsNow:
    """The end of this check, as this person may see it."""
    document, said = package.document, checks.values(check)
    changed = list(stated_facts.changed(document, said))
    if changed:
        result = "changed"
    elif checks.is_open(check, now=now):
        result = "asking"
    elif said.keys() == stated_facts.every(document).keys():
        result = "same"
    else:
        result = "unanswered"
    values = [[*place, said[place]] for place in changed]
    digest = vouching.hidden(values, package.salt) if changed else ""
    told = tuple(_told(package, shown, changed, said))
    return FactsNow(result, check, changed=told, digest=digest)


def latest(
    escalation: Escalation, package: Package, shown: SeenPackage, *, person: int, now: datetime
) -> FactsNow | None:
    """What stands on the page; None where the package rests on nothing, or nobody was asked."""
    if '"facts"' not in package.received or not stated_facts.every(package.document):
        return None
    asked = FactCheck.objects.filter(escalation=escalation, package_version=package.version)
    last = list(asked.order_by("-asked_at")[:10])
    # While it is asked again, what was said last stands.
    ended = [one for one in last if one.answered_at is not None or one is last[0]]
    if not ended:
        return None
    found = read(package, shown, ended[0], now=now)
    if found.is_asking and len(ended) > 1:
        before = read(package, shown, ended[1], now=now)
        found = before if before.changed else found
    # Only whoever pressed and was stopped by these values has seen them by pressing.
    mine = (one for one in last if one.command and one.person_id == person)
    stopped = any(read(package, shown, one, now=now).digest == found.digest for one in mine)
    return FactsNow(
        found.result, found.check, escalation.agent.name,
        checks.asked_of(found.check, escalation.agent.name), found.changed, found.digest,
        bool(found.digest) and stopped,
    )  # fmt: skip


def _told(
    package: Package, shown: SeenPackage, changed: list[Place], said: dict[Place, object]
) -> Iterator[ChangedFact]:
    """By its place in the package, as a label may be masked too."""
    theirs = shown.package.get("proposed_actions") or ()
    for at, action in enumerate(package.document.get("proposed_actions") or ()):
        facts = theirs[at].get("facts") or () if at < len(theirs) else ()
        visible = [Stated(one["label"], one.get("value", MASK)) for one in facts]
        for index, fact in enumerate(stated_facts.of(action)):
            place = (action["id"], fact.label)
            if place not in changed:
                continue
            see = visible[index] if index < len(visible) else Stated(MASK, MASK)
            hides = stands_in(see.value)
            now = MASK if hides else stated_facts.told(said[place])
            yield ChangedFact(see.label, see.told, now)
