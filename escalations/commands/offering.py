"""Accept or decline what was offered."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from escalations import lifecycle
from escalations.access import Viewer
from escalations.commands.verb import After, Button, Nothing, Place, Relation, Verb
from escalations.models import Escalation, State, WhyDeclined
from escalations.refusals import Fault, Invalid

REASONS: dict[str, str] = dict(WhyDeclined.choices)


class Declined(BaseModel):
    """The arguments of `decline`: a preset reason, and words of one's own."""

    model_config = ConfigDict(extra="ignore", strict=True)

    reason_code: Annotated[str, Field(max_length=64)] = ""
    text: Annotated[str, Field(max_length=1_000)] = ""


def _accept(
    escalation: Escalation, said: Nothing, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    return lifecycle.accept(escalation, by=by, now=now)


def _decline(
    escalation: Escalation, said: Declined, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    if said.reason_code not in REASONS:
        words = "Say why with one of the reasons."
        raise Invalid(words, errors=[Fault("/reason_code", f"It is one of {', '.join(REASONS)}.")])
    text = said.text.replace("\0", "").strip()
    return lifecycle.decline(escalation, by=by, reason=said.reason_code, text=text, now=now)


ACCEPT = Verb(
    name="accept",
    told="for whom it is offered to; deciding it accepts it as well",
    arguments=Nothing,
    act=_accept,
    states={State.OFFERED: Relation.HAS_IT},
    button=Button("Accept", Place.OFFER, icon="check", look="primary"),
    done="The case is yours.",
    opens_case=True,
)
DECLINE = Verb(
    name="decline",
    told="`reason_code`: `skill`, `busy`, `conflict`, `break` or `other`; `text`, if you like",
    arguments=Declined,
    example={"reason_code": "busy"},
    act=_decline,
    states={State.OFFERED: Relation.HAS_IT},
    though_unable=True,
    button=Button("Decline", Place.OFFER, icon="x"),
    dialog="escalations/_decline.html",
    reasons=REASONS,
    done="Declined. The case goes to somebody else.",
    after=After.NEXT,
    undone_within=lifecycle.TAKEN_UP_WITHIN,
)
VERBS = (ACCEPT, DECLINE)
