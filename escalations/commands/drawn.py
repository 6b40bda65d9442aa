"""What the forms of a case are drawn from: its package, with the answer that waits for others in
the place of what was proposed, and all of it as this person may see it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from escalations.access import Viewer
from escalations.lifecycle import approvals, standing
from escalations.lifecycle.answers import Answer
from escalations.masking import seen
from escalations.masking.seen import SeenPackage
from escalations.models import Addition, Escalation, Package, State, Vote
from escalations.text import mask

JSON = dict[str, Any]


class DrawnForms(NamedTuple):
    """`actual` and `shown` hold the standing answer, `proposed` is the package as they see it
    without; `answer` the document of that answer as they see it, None where nobody has given one.
    """

    actual: JSON
    shown: JSON
    proposed: SeenPackage
    answer: JSON | None = None

    @property
    def written(self) -> str:
        """The reply that somebody wrote, which the answer sends; empty where nobody did, and where
        some of it is masked, so that no form has it."""
        response = (self.answer or {}).get("response") or {}
        written = str(response["text"]) if response.get("edited") else ""
        return "" if mask.stands_in(written) else written


NOTHING = DrawnForms({}, {}, SeenPackage({}))


def draw(
    viewer: Viewer,
    escalation: Escalation,
    package: Package,
    *,
    now: datetime,
    additions: Sequence[Addition] = (),
    votes: Iterable[Vote] | None = None,
) -> DrawnForms:
    """For this person, the package of this version; `votes` where the caller has read them."""
    shows = seen.version(viewer, escalation, package, now=now, additions=additions)
    stands = _stands(escalation, votes) if escalation.state in State.open() else None
    if stands is None:
        return DrawnForms(package.document, shows.package, shows)
    document = stands.document()
    told = seen.decision(shows, package, document)
    actual = standing.package(package.document, document)
    return DrawnForms(actual, standing.package(shows.package, told), shows, told)


def _stands(escalation: Escalation, votes: Iterable[Vote] | None) -> Answer | None:
    if votes is None:
        return approvals.stands(escalation)
    return approvals.answer_of([vote for vote in votes if vote.void_at is None])
