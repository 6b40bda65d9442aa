"""The one door through which a package is read for people: as this person may see it now.

Triage, rules, decisions and answers read the package itself. Whatever draws it for somebody asks
here, so that no page can forget what the agent asked to mask.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from escalations.access import Viewer
from escalations.masking import masks, reveals, words
from escalations.models import Addition, Escalation, Package
from escalations.schemas import additions as added_context

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SeenPackage:
    """A version of a package as one person may read it.

    `package` has what was added since; `hides` are the places that are masked to them, `shows`
    those that are masked to others and revealed to them.
    """

    package: JSON
    hides: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    may_reveal: bool = False
    who_may: str = ""
    sent: str = ""
    # What stands at the masked places, for `covered` alone.
    hidden: tuple[str, ...] = field(default=(), repr=False)

    def covered(self, written: str) -> str:
        """What somebody wrote, without the values that are masked to this reader."""
        return words.covered(written, self.hidden)

    @property
    def received(self) -> str:
        """The package as the agent sent it; where something is masked, the full form with it."""
        return orjson.dumps(self.package).decode() if self.hides else self.sent


def package(
    viewer: Viewer,
    escalation: Escalation,
    *,
    now: datetime,
    additions: Sequence[Addition] = (),
) -> SeenPackage:
    """The version that is being decided on, with these additions."""
    current = escalation.packages.get(version=escalation.package_version)
    return version(viewer, escalation, current, now=now, additions=additions)


def stored(package: Package) -> SeenPackage:
    """A version as it may be kept in words for somebody: masked whoever may see it now."""
    return SeenPackage(masks.of(package.document).document)


def decision(seen: SeenPackage, package: Package, document: JSON) -> JSON:
    """The document of a decision on this version, which carries calls and texts of the package, and
    words that somebody typed who was shown what is masked."""
    if not seen.hides:
        return document
    masked = masks.decision(package.document, document)
    return words.decision(masked, package.document, seen.hidden)


def cover(viewer: Viewer, escalation: Escalation, *, now: datetime) -> Callable[[str], str]:
    """Takes out of what people wrote whatever any version of the package masks to this reader."""
    added = list(escalation.additions.order_by("pk"))
    hidden = {
        text
        for one in escalation.packages.all()
        for text in version(viewer, escalation, one, now=now, additions=added).hidden
    }
    ordered = sorted(hidden, key=lambda text: (-len(text), text))
    return lambda written: words.covered(written, ordered)


def covers(cases: Collection[int]) -> Callable[[int, str], str]:
    """Takes out of what people wrote in any of these cases (by their primary keys) whatever its
    package masks, whoever reads it: for lists, which reveal nothing. Three statements."""
    found = Escalation.objects.filter(pk__in=cases).prefetch_related("packages", "additions")
    hidden = {one.pk: _hidden(one) for one in found} if cases else {}
    return lambda case, written: words.covered(written, hidden.get(case, ()))


def _hidden(escalation: Escalation) -> list[str]:
    """What stands at the masked places of any version, the longest first."""
    added = sorted(escalation.additions.all(), key=lambda one: one.pk)
    found = {
        text
        for one in escalation.packages.all()
        for whole in [added_context.merged(one.document, [each.context for each in added])]
        if whole.get("redactions")
        for text in words.texts(whole, masks.of(whole).places)
    }
    return sorted(found, key=lambda text: (-len(text), text))


def version(
    viewer: Viewer,
    escalation: Escalation,
    package: Package,
    *,
    now: datetime,
    additions: Sequence[Addition] = (),
) -> SeenPackage:
    """Any version of the package of a case."""
    whole = added_context.merged(package.document, [one.context for one in additions])
    if not whole.get("redactions"):
        return SeenPackage(whole, sent=package.received)
    contexts = masks.added(package.document, [one.context for one in additions])
    masked = masks.of(added_context.merged(package.document, contexts))
    if not masked.places:
        return SeenPackage(whole, sent=package.received)
    can = reveals.may(viewer, escalation)
    if can and reveals.stands(viewer, escalation, package, now=now):
        return SeenPackage(whole, shows=masked.places, may_reveal=True, sent=package.received)
    who = reveals.who_may(escalation)
    return SeenPackage(
        masked.document, masked.places, may_reveal=can, who_may=who, sent=package.received,
        hidden=words.texts(whole, masked.places),
    )  # fmt: skip
