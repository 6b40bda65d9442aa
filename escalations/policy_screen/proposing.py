"""What supervisors propose for the policy: seen by whoever may publish, and taken up by one."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from escalations import ports
from escalations.access import Viewer
from escalations.models import PolicyDraft
from escalations.policy import versions
from escalations.policy.versions import InForce
from escalations.policy_screen import policy_draft
from escalations.policy_screen.policy_draft import DraftedPolicy
from escalations.refusals import Conflict
from escalations.text import formatting

PUBLISHERS = frozenset({"admin"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody who may not publish has drafted."""

    username: str
    name: str
    draft: DraftedPolicy
    changed_at: datetime

    @property
    def seen(self) -> str:
        """By which a later press tells that it is still what was looked at."""
        return self.changed_at.isoformat()


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
    proposed = _proposed(username)
    if PolicyDraft.objects.filter(owner_id=viewer.user_id).exists():
        raise Conflict("own_draft", "Publish your own draft first, or drop it.")
    proposed.proposed_by_id, proposed.owner_id = proposed.owner_id, viewer.user_id
    proposed.save(update_fields=["owner", "proposed_by"])
    told = f"{viewer.name} took up what you proposed for the policy, to change or publish it."
    ports.tell_person(proposed.proposed_by_id, told, now=now)


@transaction.atomic
def decline(viewer: Viewer, username: str, *, seen: str, why: str, now: datetime) -> None:
    """Let a proposal go as it was `seen`; who proposed it is told, and why. Raises Conflict where
    somebody was faster, or it was changed since."""
    proposed = _proposed(username)
    if proposed.changed_at.isoformat() != seen:
        name = proposed.owner.name
        raise Conflict("changed", f"{name} has changed this proposal since. Look at it once more.")
    what = policy_draft.drafted(proposed, versions.current()).sentences
    because = f" (“{formatting.cut(why.strip())}”)" if why.strip() else ""
    told = f"{viewer.name} declined what you proposed for the policy{because}: {'; '.join(what)}"
    ports.tell_person(proposed.owner_id, told, now=now)
    proposed.delete()


def _proposed(username: str) -> PolicyDraft:
    """The draft of somebody who may not publish, locked. Raises Conflict where it is gone."""
    rows = PolicyDraft.objects.select_for_update(of=("self",)).select_related("owner")
    found = rows.filter(owner__username=username).exclude(owner__role__in=PUBLISHERS).first()
    if found is None:
        raise Conflict("no_draft", _gone(username))
    return found


def _gone(username: str) -> str:
    taken = PolicyDraft.objects.filter(proposed_by__username=username).select_related("owner")
    if (row := taken.order_by("-changed_at").first()) is None:
        return "This proposal is no longer there: it was published, dropped or taken back."
    else:
        return f"{row.owner.name} was first, and has taken up this proposal."
