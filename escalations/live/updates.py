"""Cases that changed, read once for everybody: who may see each, and the frame that each is sent.

The same words as the lists (`lists.py`): free cases and one's own stand on `mine`, those of others
on `team`, snoozed ones on `snoozed` of whoever they come back to and of who sees all.
"""

from typing import Any, NamedTuple

import orjson

from console.database import statements
from escalations.access import Viewer
from escalations.eligibility import Case
from escalations.inbox import rows
from escalations.live.frames import text

Message = dict[str, Any]


class CaseUpdate(NamedTuple):
    """A case as it is now: what of it says who may see it, and its frames, made once."""

    number: int
    id: str
    version: int
    requirement: int
    case: Case
    whose: int | None
    comes_back_to: str | None
    mine: Message
    team: Message
    snoozed: Message
    gone: Message

    def frame_for(self, viewer: Viewer) -> Message:
        """The row with the list that it stands on, for somebody who may see it."""
        if self.comes_back_to is not None:
            theirs = viewer.sees_all or viewer.username == self.comes_back_to
            return self.snoozed if theirs else self.gone
        elif self.whose is None or self.whose == viewer.user_id:
            return self.mine
        else:
            return self.team


def read(numbers: list[int]) -> list[CaseUpdate]:
    """The cases with these numbers as they are now, in order."""
    marks = ", ".join(["%s"] * len(numbers))
    found = statements.rows(_CHANGED.format(marks), numbers)
    drawn = [(row[0], row[1], row[2]) for row in found if row[-1]]
    # Drawn only while it is open: of what is closed every seat is sent `gone`.
    html = dict(zip([number for number, *_ in drawn], rows.html_of(drawn), strict=True))
    return [_change(row, html.get(row[0])) for row in found]


_CHANGED = """
    SELECT number, escalation.id, version, rank, held_by_id, offered_to_id, decided_by_id,
           snoozed_until, assignee, requirement_id, skills,
           state IN ('waiting', 'offered', 'held', 'live', 'second', 'snoozed')
      FROM escalations_escalation AS escalation
      JOIN escalations_requirement AS requirement ON requirement.id = requirement_id
     WHERE number IN ({}) ORDER BY number
"""


def _change(found: tuple[Any, ...], html: str | None) -> CaseUpdate:
    """With HTML while somebody may still decide the case; afterwards it is `gone`."""
    number, name, version, rank, holder, offeree, decider, until, assignee, wanted, skills, _ = (
        found
    )
    gone = text({"type": "gone", "escalation": name, "version": version})
    mine = team = snoozed = gone
    if html is not None:
        row = {"type": "row", "escalation": name, "version": version, "rank": rank, "html": html}
        mine, team, snoozed = (text({**row, "tab": tab}) for tab in ("mine", "team", "snoozed"))
    return CaseUpdate(
        number=number,
        id=name,
        version=version,
        requirement=wanted,
        case=Case(
            orjson.loads(skills),
            assignee=assignee,
            whose=tuple(one for one in (holder, offeree, decider) if one is not None),
            is_open=html is not None,
        ),
        whose=holder or offeree,
        comes_back_to=None if until is None or html is None else assignee,
        mine=mine,
        team=team,
        snoozed=snoozed,
        gone=gone,
    )
