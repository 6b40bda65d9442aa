"""The agent is asked for more, or for another version, and the case waits for its answer.

It is put off until then, like a snoozed one: its clock stands still, and whatever the agent sends,
a revision or context, brings it back to whoever asked first. So does the end of the time.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from escalations.access import Viewer
from escalations.lifecycle import approvals, guards, holding, moves, outgoing, pausing
from escalations.lifecycle.conversing import questions
from escalations.models import Escalation, Remark, State
from escalations.record import lines, vouching
from escalations.refusals import Invalid
from escalations.text.blanks import is_blank

JSON = dict[str, Any]


@transaction.atomic
def ask(
    escalation: Escalation,
    *,
    by: Viewer,
    version: int,
    wants: str,
    text: str,
    until: datetime,
    expects: JSON | None = None,
    now: datetime,
) -> Escalation:
    """Ask the agent, who has until then to answer; it comes back to this person first.

    Raises Conflict for a stale version, if somebody else holds it or people have its conversation,
    NotAllowed for whom the case excludes and at level 4, Invalid for a time that cannot be and for
    a question with nothing to read in it.
    """
    escalation = moves.locked(escalation, now=now)
    before = escalation.state
    if before in guards.FREE or guards.is_offered_to(escalation, by):
        approvals.require_may_hold(escalation, by)
    else:
        guards.require_holder(escalation, by.user_id, now=now)
    guards.require_version(escalation, version)
    pausing.require_can_wait(escalation, until, now)
    if is_blank(text):
        detail = "Write the question first."
        raise Invalid.of("/text", detail)
    package = moves.read(escalation).package
    holding.let_go(escalation)
    escalation.state = State.SNOOZED
    escalation.snoozed_at, escalation.snoozed_until = now, until
    escalation.assignee = by.username
    said = Remark(person_id=by.user_id, kind=Remark.Kind.ASKED, target=wants, text=text, at=now)
    said.expects = expects
    to = outgoing.addresses(escalation, outgoing.ASKED, package=package)
    told = questions.document(escalation, said, version=version + 1, by=by.username, name=by.name)
    facts = {
        "until": lines.timestamp(until),
        "wants": wants,
        **({"kind": expects["kind"]} if expects else {}),
        "assignee": by.username,
        **vouching.words(escalation, said),
        **outgoing.named(to),
    }
    return moves.move(
        escalation, "asked", before=before, by=by, now=now, facts=facts,
        rows=[said, *outgoing.notices(escalation, outgoing.ASKED, told, to=to, at=now)],
        columns=(*moves.COLUMNS, "assignee"),
    )  # fmt: skip
