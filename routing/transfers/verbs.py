"""The verbs that routing brings to the table of `escalations.commands`."""

from datetime import datetime

from escalations.access import Viewer
from escalations.commands.verb import Button, Nothing, Place, Relation, Verb
from escalations.models import Escalation, State
from routing.transfers import handovers

# Where the open questions stand on every page (static/js/elements/handovers.js).
CORNER = "handovers"


def _ask(
    escalation: Escalation, said: Nothing, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    return handovers.ask(escalation, by=by, now=now)


def _keep(
    escalation: Escalation, said: Nothing, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    return handovers.keep(escalation, by=by, now=now)


def _give(
    escalation: Escalation, said: Nothing, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    return handovers.give(escalation, by=by, now=now)


ASK = Verb(
    name="ask_handover",
    told="asks the holder; after 30 s of silence the case is handed over. Supervisors take it "
    "at once",
    arguments=Nothing,
    act=_ask,
    rereads=CORNER,
    states=dict.fromkeys((State.HELD, State.LIVE), Relation.OTHERS),
    button=Button(
        "Ask to take over",
        Place.HAND_ON,
        icon="hand",
        look="wide",
        words_for_leads="Take this case",
    ),
)
# The holder answers where they are asked, on any page (escalations/_handovers.html).
KEEP = Verb(
    name="keep_handover",
    told="the holder's answer: it stays theirs",
    arguments=Nothing,
    act=_keep,
    rereads=CORNER,
    states=dict.fromkeys((State.HELD, State.LIVE), Relation.HAS_IT),
    though_unable=True,
    button=Button("Keep it"),
)
GIVE = Verb(
    name="give_handover",
    told="the holder's answer: whoever asked has it now",
    arguments=Nothing,
    act=_give,
    rereads=CORNER,
    states=dict.fromkeys((State.HELD, State.LIVE), Relation.HAS_IT),
    though_unable=True,
    button=Button("Hand over"),
    saves_draft=True,
)
VERBS = (ASK, KEEP, GIVE)
