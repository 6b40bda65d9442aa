"""Saved views: a filter of the list under a name, one's own or the team's.

A view is an address. Whoever opens it sees what they may see anyway, so sharing one gives no right.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from console.database import statements
from console.models import LEADS, User
from escalations.inbox import address
from escalations.refusals import Invalid, NotFound
from routing.models import Duty, SavedView

_VIEWS = """
    SELECT view.id, view.name, view.query, view.team_id, view.owner_id,
           owner.first_name, owner.last_name, owner.username
      FROM routing_savedview AS view JOIN console_user AS owner ON owner.id = view.owner_id
     WHERE view.owner_id = %s
        OR view.team_id IN (SELECT duty.team_id FROM routing_duty AS duty WHERE duty.person_id = %s)
     ORDER BY view.name, view.id
"""
NAME_MAX = 60
OWN_MAX = 20


@dataclass(frozen=True, slots=True)
class ShownView:
    """A view as one person sees it: of a team's it says whose it is."""

    number: int
    name: str
    query: str
    shared: bool
    by: str
    may_remove: bool


def of(user: User) -> list[ShownView]:
    """Their own and those that are shared with their team, by name. One statement."""
    return [
        ShownView(
            number,
            name,
            query,
            shared=team is not None,
            by="" if owner == user.pk else f"{first} {last}".strip() or username,
            may_remove=owner == user.pk or user.role in LEADS,
        )
        for number, name, query, team, owner, first, last, username in statements.rows(
            _VIEWS, [user.pk, user.pk]
        )
    ]


@transaction.atomic
def keep(user: User, name: str, query: str, *, shared: bool, now: datetime) -> SavedView:
    """Keep this filter; one of the same name of theirs is replaced. Raises Invalid."""
    name, query = " ".join(name.split()), address.kept(query, now=now)
    if not 0 < len(name) <= NAME_MAX:
        raise Invalid(f"A view needs a name of at most {NAME_MAX} characters.")
    if not query:
        raise Invalid("There is no such list.")
    team = Duty.objects.filter(person=user.pk).values_list("team", flat=True).first()
    if shared and team is None:
        raise Invalid("You are in no team to share it with.")
    others = SavedView.objects.filter(owner=user).exclude(name=name)
    if others.count() >= OWN_MAX:
        raise Invalid(f"You have {OWN_MAX} views; take one away first.")
    kept, _ = SavedView.objects.update_or_create(
        owner=user, name=name, defaults={"query": query, "team_id": team if shared else None}
    )
    return kept


def remove(user: User, number: int) -> str:
    """Take one of their own away, and who leads one of their team's; its name. Raises NotFound."""
    theirs = Q(owner=user.pk)
    if user.role in LEADS:
        theirs |= Q(team__duties__person=user.pk)
    found = SavedView.objects.filter(theirs, pk=number).first()
    if found is None:
        raise NotFound("not_found", "There is no such view of yours.")
    found.delete()
    return found.name
