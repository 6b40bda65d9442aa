"""How a person reads their own presence: a word, what it means for them, and how much they hold."""

from dataclasses import dataclass
from datetime import datetime

from console import clock
from console.database import statements
from console.database.joined import Joined
from console.models import User
from routing.attendance import wrapping
from routing.attendance.automatic import SetBy, State
from routing.models import Presence, Team
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
    (presence, team), (taken, all_units) = ROWS.made(
        statements.rows(_STATUS.format(ROWS.columns), [user.pk])[0]
    )
    presence, team = presence or Presence(person_id=user.pk), team or Team(mode="")
    is_offered = teams.is_offered(user.role, team.mode, offers_leads=team.offers_leads)
    gives = team.wrap_up_s if is_offered and presence.state == State.PRESENT else 0
    return Status(
        state=presence.state,
        reason=presence.reason,
        set_by=presence.set_by,
        since=presence.since,
        back_at=presence.back_at,
        draining=presence.draining,
        missed=presence.missed,
        taken=taken,
        units=all_units or units.UNITS,
        is_offered=is_offered,
        wraps_until=wrapping.until({user.pk: gives}, clock.now()).get(user.pk),
    )


ROWS = Joined({"presence": Presence, "team": Team})
_STATUS = """
    SELECT {},
           (SELECT count(*) FROM routing_unit AS unit
             WHERE unit.person_id = person.id AND unit.escalation_id IS NOT NULL),
           (SELECT count(*) FROM routing_unit AS unit WHERE unit.person_id = person.id)
      FROM console_user AS person
      LEFT JOIN routing_presence AS presence ON presence.person_id = person.id
      LEFT JOIN routing_duty AS duty ON duty.person_id = person.id
      LEFT JOIN routing_team AS team ON team.id = duty.team_id
     WHERE person.id = %s
"""
