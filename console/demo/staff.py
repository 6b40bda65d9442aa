"""How the people of the demo world work: teams, clocks, shifts round the globe, limits, a holiday.

Somebody is on shift at every hour of the day, so that the demo lives whenever it is looked at.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from console.models import User
from console.people import managing
from escalations.record.lines import Actor
from routing.attendance import weeks
from routing.attendance.weeks import Day
from routing.models import Skill, Team
from routing.people import skills, teams

TEAMS = (("Service", Team.Mode.BOTH), ("Finance", Team.Mode.BOTH), ("Homes", Team.Mode.PULL))
LANGUAGES = ("French", "German", "Italian")
WEEKDAYS, DAILY, NOT_SUNDAY = range(5), range(7), range(6)


@dataclass(frozen=True, slots=True)
class Work:
    """One person's work; no `hours` means any time."""

    username: str
    team: str
    zone: str
    hours: str = ""
    breaks: str = ""
    days: range = DAILY
    weekend: str = ""
    units: int = 5
    limits: dict[str, int] = field(default_factory=dict)


STAFF = (
    Work("dana", "Service", "Europe/Lisbon", limits={"complaint_reply": 3}),
    Work("priya", "Service", "Europe/London", units=4),
    Work("amara", "Service", "Europe/Lisbon", "07:00-15:00", "12:00-12:30"),
    Work("tomasz", "Service", "Europe/Warsaw", "13:00-21:00", "17:00-17:30", NOT_SUNDAY, units=6),
    Work("sofia", "Service", "Europe/Rome", "07:00-12:00, 15:00-18:00", "10:00-10:15",
         limits={"kyc_review": 2}),
    Work("meilin", "Service", "Asia/Singapore", "08:00-17:00", "13:30-14:30"),
    Work("jonas", "Finance", "Europe/Stockholm", "08:00-16:30", "12:00-13:00", WEEKDAYS,
         limits={"invoice_payment": 2}),
    Work("kofi", "Finance", "Africa/Accra", "12:00-21:00", "16:00-16:30",
         limits={"card_dispute": 2, "invoice_payment": 3}),
    Work("rasmus", "Homes", "Europe/Copenhagen", "22:00-06:00", "02:00-02:30"),
    Work("leila", "Homes", "America/Toronto", "12:00-21:00", "16:00-16:30", WEEKDAYS,
         weekend="13:00-17:00", units=4),
)  # fmt: skip
AWAY = ("jonas", timedelta(days=-1), timedelta(days=4), "Holiday")


def take_up(*, by: Actor, began: datetime, now: datetime) -> None:
    """Put everybody in their place through the doors that a supervisor uses."""
    made = {
        # Whoever tries the demo as a supervisor is to see offers as well.
        name: teams.add(name, mode, offers_leads=True, by=by, now=began)
        for name, mode in TEAMS
    }
    users = User.objects.in_bulk([work.username for work in STAFF], field_name="username")
    for work in STAFF:
        user = users[work.username]
        teams.set_duty(user, team=made[work.team], time_zone=work.zone, by=by, now=began)
        managing.set_load(user, work.units, work.limits, by=by, now=began)
        weeks.replace(user, _week(work), by=by, now=began)
    username, starts, ends, reason = AWAY
    zone = weeks.zone_of(users[username].pk)
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    weeks.add_time_off(
        users[username], starts=today + starts, ends=today + ends, reason=reason, by=by, now=began
    )


def teach(*, by: Actor, now: datetime) -> None:
    """Name the languages before anybody is given one."""
    for name in LANGUAGES:
        skills.add(name, Skill.Kind.LANGUAGE, by=by, now=now)


def _week(work: Work) -> list[Day]:
    found = []
    for number in range(7):
        hours = work.hours if number in work.days else work.weekend
        found.append(Day(number, hours, work.breaks if hours else ""))
    return found
