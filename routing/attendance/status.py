"""How a person reads their own presence: a word, what it means for them, and how much they hold."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from console import clock
from console.models import User
from routing.attendance import wrapping
from routing.attendance.automatic import SetBy, State
from routing.models import Presence
from routing.people import teams, units

MARKS = {State.PRESENT: "on", State.BUSY: "busy", State.AWAY: "away", State.OFFLINE: "off"}


@dataclass(frozen=True, slots=True)
class Status:
    """One person's presence and load; `is_offered` tells whether their team offers them work."""

    state: str
    reason: str
    set_by: str
    since: datetime | None
    back_at: datetime | None
    draining: bool
    missed: int
    taken: int
    units: int
    is_offered: bool
    wraps_until: datetime | None = None

    @property
    def word(self) -> str:
        """What the top bar calls it."""
        return (
            "Finishing" if self.draining and self.state == State.BUSY else State(self.state).label
        )

    @property
    def mark(self) -> str:
        """Which dot stands beside the word."""
        return MARKS[State(self.state)]

    @property
    def why(self) -> str:
        """Their reason, or Baton's, or nothing."""
        return "Connection lost" if self.set_by == SetBy.LOST else self.reason

    @property
    def is_free(self) -> bool:
        """Whether work comes, or would."""
        return self.state == State.PRESENT

    @property
    def was_missed(self) -> bool:
        """Set to away because an offer was not answered."""
        return self.state == State.AWAY and self.set_by == SetBy.MISSED

    @property
    def has_paused(self) -> bool:
        """Nothing is offered since they declined an offer as too much, or for a break."""
        return self.set_by == SetBy.PAUSED and not self.is_free

    @property
    def was_led(self) -> bool:
        """Set by a supervisor to anything but available."""
        return self.set_by == SetBy.LEAD and not self.is_free


def of(user: User) -> Status:
    """This person's status, in one statement, and where their team lets them wrap up in three."""
    found = (
        User.objects.filter(pk=user.pk)
        # Both go by one join; a count over another would multiply them.
        .annotate(taken=Count("units__escalation"), all=Count("units"))
        .values_list(
            "presence__state",
            "presence__reason",
            "presence__set_by",
            "presence__since",
            "presence__back_at",
            "presence__draining",
            "presence__missed",
            "duty__team__mode",
            "duty__team__offers_leads",
            "duty__team__wrap_up_s",
            "taken",
            "all",
        )
        .get()
    )
    state, reason, set_by, since, back_at, draining, missed, mode, offers_leads, *rest = found
    wrap_up_s, taken, all_units = rest
    is_offered = teams.is_offered(user.role, mode, offers_leads=offers_leads)
    gives = wrap_up_s if is_offered and state == State.PRESENT else 0
    return Status(
        state=state or State.OFFLINE,
        reason=reason or "",
        set_by=set_by or Presence.SetBy.SELF,
        since=since,
        back_at=back_at,
        draining=bool(draining),
        missed=missed or 0,
        taken=taken,
        units=all_units or units.UNITS,
        is_offered=is_offered,
        wraps_until=wrapping.until({user.pk: gives}, clock.now()).get(user.pk),
    )
