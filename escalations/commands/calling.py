"""Write down a call to the customer, and when it is tried again."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from escalations import lifecycle
from escalations.access import Viewer
from escalations.calls import made
from escalations.commands import transferring
from escalations.commands.verb import JSON, Button, Fields, Key, Place, Relation, Verb
from escalations.lifecycle.conversing.calling import SaidOnPhone
from escalations.models import Escalation, State
from escalations.schemas.arguments import Snooze

Promise = Annotated[str, Field(max_length=2_000)]
OWN = "own"


class Called(BaseModel):
    """How it ended, what was said and promised; the next try as minutes, or a time."""

    model_config = ConfigDict(extra="ignore", strict=True)

    outcome: Literal["reached", "no_answer", "voicemail", "engaged", "wrong_number", "refused"]
    notes: Annotated[str, Field(max_length=20_000)] = ""
    promises: Annotated[list[Promise], Field(max_length=50)] = []
    until: Annotated[str, Field(max_length=40)] | None = None
    zone: Annotated[str, Field(max_length=64)] = "UTC"
    minutes: Annotated[int, Field(ge=1, le=43_200)] | None = None


def _call(
    escalation: Escalation, said: Called, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    again = said.until is not None or said.minutes is not None
    when = Snooze(until=said.until, zone=said.zone, minutes=said.minutes)
    promises = [transferring.plain(line) for line in said.promises]
    told = SaidOnPhone(
        outcome=said.outcome,
        notes=transferring.plain(said.notes),
        promises=[line for line in promises if line],
        next_at=transferring.moment(when, now) if again else None,
    )
    return lifecycle.call(escalation, told, by=by, version=version, now=now)


def _is_called(viewer: Viewer, escalation: Escalation) -> bool:
    return made.is_called(escalation)


def _called(fields: Fields) -> JSON:
    """`again`, the choice of the dialog, is a time, minutes, `own` (the one that was typed), or
    empty: none. What is sent without such a choice has the names of the socket."""
    said: JSON = {name: fields[name] for name in ("outcome", "notes", "zone") if fields.get(name)}
    said["promises"] = [line for line in fields.get("promises", "").splitlines() if line.strip()]
    again = fields.get("again")
    if again is None:
        typed = {"until": fields["until"]} if fields.get("until") else {}
        return said | typed | transferring.whole("minutes", fields)
    elif again.isdecimal():
        return said | transferring.whole("minutes", {"minutes": again})
    typed = {"until": fields.get("until", "") if again == OWN else again}
    return said | (typed if again else {})


CALL = Verb(
    name="call",
    told="`outcome` of a call to the customer: `reached`, `no_answer`, `voicemail`, `engaged`, "
    "`wrong_number` or `refused`; `notes`; `promises`, a list of texts, where they were reached; "
    "the next try as `minutes` or `until` with `zone`: the case waits until then and comes back "
    "to the same person first",
    arguments=Called,
    example={"outcome": "no_answer"},
    from_form=_called,
    act=_call,
    states=dict.fromkeys((State.HELD, State.LIVE), Relation.HAS_IT),
    only_if=_is_called,
    though_unable=True,
    button=Button("Call made", Place.GIVE_BACK, icon="chat"),
    key=Key("h", does="write down a call", help="Write down a call to the customer"),
    dialog="escalations/_call.html",
    done="Written down.",
    opens_case=True,
    saves_draft=True,
)
VERBS = (CALL,)
