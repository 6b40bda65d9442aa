"""Following a case: whoever asked for it is told in one sentence when others move it.

An answer is told once it is in effect: one that is taken back before leaves nothing, neither here
nor in a mail.
A decision is one statement and asks nobody who follows; the sweep reads the lines of the record
that came since.
"""

from datetime import datetime
from typing import Any

import orjson
from django.db import transaction
from django.db.models import F, Q, QuerySet

from console.database import statements
from console.models import User
from escalations import access
from escalations.access import Viewer
from escalations.models import Escalation, Event, State
from escalations.record import kinds, sentences
from escalations.refusals import NotAllowed
from routing.alerts import notices
from routing.models import Notice, Watching

_FOLLOWED = "SELECT 1 FROM routing_watching WHERE person_id = %s AND escalation_id = %s"
BATCH = 200
NEWEST = 3
OUTCOMES = {
    "edited": "approved with edits",
    "responded": "answered",
    "mixed": "answered action by action",
}
JSON = dict[str, Any]


def follow(escalation: Escalation, viewer: Viewer, *, on: bool, now: datetime) -> bool:
    """Tell this person from now on what others do with the case, or no more; whether they follow
    it then. Asking twice asks once; what is over is not followed."""
    if on and not _is_over(escalation, now):
        seen = {"since": now, "seen_position": escalation.chain_length}
        Watching.objects.get_or_create(
            person_id=viewer.user_id, escalation=escalation, defaults=seen
        )
        return True
    Watching.objects.filter(person=viewer.user_id, escalation=escalation).delete()
    return False


def is_followed(escalation: Escalation, viewer: Viewer) -> bool:
    """Whether this person is told when the case moves."""
    return bool(statements.rows(_FOLLOWED, [viewer.user_id, escalation.number]))


def sweep(now: datetime) -> int:
    """Tell all what moved since they were last told; counts the notices. Safe to run twice."""
    found = moved(now).order_by("pk").values_list("pk", flat=True)
    return sum(_tell(number, now) for number in found[:BATCH])


def moved(now: datetime) -> QuerySet[Watching]:
    """What has news for who follows it, or is over and followed no more."""
    over = ~Q(escalation__state__in=State.open()) & Q(escalation__effective_at__lte=now)
    news = Q(escalation__chain_length__gt=F("seen_position"))
    undoable = Q(escalation__effective_at__gt=now)
    return Watching.objects.filter(news | over).exclude(undoable)


@transaction.atomic
def _tell(number: int, now: datetime) -> int:
    watching = Watching.objects.select_for_update().filter(pk=number).first()
    # Another sweep has told them the last of it, or they follow it no more.
    if watching is None:
        return 0
    escalation = Escalation.objects.select_related("requirement").get(pk=watching.escalation_id)
    # Decided since it was found to have news: told once that is in effect.
    if escalation.effective_at is not None and escalation.effective_at > now:
        return 0
    seen, last = watching.seen_position, escalation.chain_length
    lines = escalation.events.filter(position__gt=seen, position__lte=last)
    events = list(lines.order_by("position"))
    viewer = _viewer(watching.person_id)
    texts = _texts(escalation, events, viewer) if viewer else []
    stays = viewer is not None and access.may_see(viewer, escalation)
    if texts and not stays:
        texts = [f"{escalation.case_number} moved on and is not among your cases any more."]
    # Whoever comes back after many moves is told the last ones; the timeline has the rest.
    for text in texts[-NEWEST:]:
        notices.tell([watching.person_id], Notice.Kind.MOVED, text, escalation, now=now)
    if stays and not _is_over(escalation, now):
        # By the lines that were read, not by the length of the chain: what comes meanwhile is told
        # the next time.
        watching.seen_position = max([watching.seen_position, *(one.position for one in events)])
        watching.save(update_fields=["seen_position"])
    else:
        watching.delete()
    return min(len(texts), NEWEST)


def _is_over(escalation: Escalation, now: datetime) -> bool:
    """Whether nothing can come any more: closed, and not to be undone."""
    ends = escalation.effective_at
    return escalation.state not in State.open() and (ends is None or ends <= now)


def _viewer(user_id: int) -> Viewer | None:
    try:
        return access.viewer_by_id(user_id)
    except NotAllowed:
        return None


def _texts(escalation: Escalation, events: list[Event], viewer: Viewer) -> list[str]:
    """What others did, a sentence each."""
    news = [one for one in _standing(events) if kinds.of(one.kind).followers]
    documents = [orjson.loads(bytes(one.body)) for one in news]
    told = [one for one in documents if not _is_known(one, viewer)]
    names = _names(told)
    names[viewer.username] = "you"
    return [_sentence(escalation.case_number, one, names) for one in told]


def _standing(events: list[Event]) -> list[Event]:
    """Without the answers that were taken back among them, and the undoing of those."""
    found: list[Event] = []
    for one in events:
        kind = kinds.of(one.kind)
        answers = [other for other in found if kinds.of(other.kind).answers]
        if kind.takes_back and answers:
            found.remove(answers[-1])
        if one.kind != "undone" or not answers:
            found.append(one)
    return found


def _is_known(document: JSON, viewer: Viewer) -> bool:
    """What they did, and what was passed on to them, of which they were told at once."""
    to_them: bool = (
        document["kind"] == "passed_on" and document["facts"].get("to") == viewer.username
    )
    actor: str = document["actor"]
    return to_them or actor == f"person:{viewer.username}"


def _names(documents: list[JSON]) -> dict[str, str]:
    """Whoever acted or was given the case, by username."""
    named = {one["actor"].partition(":")[2] for one in documents}
    named |= {str(one["facts"].get("to", "")) for one in documents}
    named.discard("")
    if not named:
        return {}
    return {user.username: user.name for user in User.objects.filter(username__in=named)}


def _sentence(case: str, document: JSON, names: dict[str, str]) -> str:
    facts = document["facts"]
    outcome = str(facts.get("outcome"))
    return kinds.of(document["kind"]).followers.format(
        case=case,
        who=_who(document["actor"], names),
        to=sentences.target(facts, names),
        outcome=OUTCOMES.get(outcome, outcome),
    )


def _who(actor: str, names: dict[str, str]) -> str:
    kind, _, name = actor.partition(":")
    if kind == "person":
        return names.get(name, name)
    elif kind == "agent":
        return f"the agent {name}"
    else:
        return "the policy" if kind == "policy" else "Baton"
