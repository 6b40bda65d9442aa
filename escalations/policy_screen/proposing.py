"""What supervisors propose for the policy: seen by whoever may publish, and taken up by one."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from escalations import ports
from escalations.access import Viewer
from escalations.models import PolicyDraft
from escalations.policy.versions import InForce
from escalations.policy_screen import policy_draft
from escalations.policy_screen.policy_draft import DraftedPolicy
from escalations.refusals import Conflict

PUBLISHERS = frozenset({"admin"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody who may not publish has drafted."""

    username: str
    name: str
    draft: DraftedPolicy
    changed_at: datetime


def proposals(viewer: Viewer, in_force: InForce) -> list[Proposal]:
    """The drafts of others, for whoever may publish; the newest first."""
    rows = PolicyDraft.objects.exclude(owner_id=viewer.user_id).select_related("owner")
    return [
        Proposal(
            row.owner.get_username(),
            row.owner.name,
            policy_draft.drafted(row, in_force),
            row.changed_at,
        )
        for row in rows.order_by("-changed_at")
        if row.owner.role not in PUBLISHERS and row.owner.is_active
    ]


@transaction.atomic
def adopt(viewer: Viewer, username: str, *, now: datetime) -> None:
    """Make a proposal one's own draft, to look at it, change it and publish it; who proposed it is
    told. Raises Conflict where somebody was faster, or there is a draft of one's own."""
    row = PolicyDraft.objects.select_for_update(of=("self",)).filter(owner__username=username)
    proposed = row.first()
    if proposed is None:
        raise Conflict("no_draft", _gone(username))
    if PolicyDraft.objects.filter(owner_id=viewer.user_id).exists():
        raise Conflict("own_draft", "Publish your own draft first, or drop it.")
    proposed.proposed_by_id, proposed.owner_id = proposed.owner_id, viewer.user_id
    proposed.save(update_fields=["owner", "proposed_by"])
    told = f"{viewer.name} took up what you proposed for the policy, to change or publish it."
    ports.tell_person(proposed.proposed_by_id, told, now=now)


def _gone(username: str) -> str:
    taken = PolicyDraft.objects.filter(proposed_by__username=username).select_related("owner")
    if (row := taken.order_by("-changed_at").first()) is None:
        return "This proposal is no longer there: it was published, dropped or taken back."
    else:
        return f"{row.owner.name} was first, and has taken up this proposal."
