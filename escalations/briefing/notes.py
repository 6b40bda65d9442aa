"""The private notes of a case, as the page of a case shows them: for people only."""

from dataclasses import dataclass
from datetime import datetime

from escalations.access import Viewer
from escalations.masking import seen
from escalations.models import Escalation, Remark
from escalations.text import untrusted

SHOWN_MAX = 100


@dataclass(frozen=True, slots=True)
class PrivateNote:
    """One note: by whom, when, and what it says to this reader."""

    author: str
    at: datetime
    shown: untrusted.Shown


def read(viewer: Viewer, escalation: Escalation, *, now: datetime) -> tuple[PrivateNote, ...]:
    """The notes of this case as this person may read them, the oldest first."""
    rows = escalation.remarks.filter(kind=Remark.Kind.NOTED).select_related("person")
    found = list(rows.order_by("-pk")[:SHOWN_MAX])
    if not found:
        return ()
    cover = seen.cover(viewer, escalation, now=now)
    return tuple(
        PrivateNote(
            author="You" if one.person_id == viewer.user_id else _name(one),
            at=one.at,
            shown=untrusted.show(cover(one.text)),
        )
        for one in reversed(found)
    )


def _name(remark: Remark) -> str:
    return remark.person.get_full_name() or remark.person.username
