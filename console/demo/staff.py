"""How the people of the demo world work: teams, clocks, shifts, limits, a holiday.

Their shifts lie around the moment at which the demo is started, so that it lives whenever it is
looked at: at night, on a Sunday, and in a week's time.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from console.models import User
from console.people import managing
from escalations.record.lines import Actor
from routing.attendance import weeks
from routing.attendance.weeks import Day
from routing.models import Skill, Team
from routing.people import skills, teams

TEAMS = (("Service", Team.Mode.BOTH), ("Finance", Team.Mode.BOTH), ("Homes", Team.Mode.PULL))
LANGUAGES = ("French", "German", "Italian")


@dataclass(frozen=True, slots=True)
class Work:
    """One person's work: from how many hours before the demo is looked at until how many after it;
    without these at any time. `breaks` are how many hours after that, for how many minutes, and
    `off` how many days after it they do not work."""

    username: str
    team: str
    zone: str
    shift: tuple[float, float] | None = None
    breaks: tuple[tuple[float, int], ...] = ()
    off: tuple[int, ...] = ()
    units: int = 5
    limits: dict[str, int] = field(default_factory=dict)


STAFF = (
    Work("dana", "Service", "Europe/Lisbon", limits={"complaint_reply": 3}),
    Work("priya", "Service", "Europe/London", units=4),
    Work("kofi", "Finance", "Africa/Accra", limits={"card_dispute": 2, "invoice_payment": 3}),
    Work("amara", "Service", "Europe/Lisbon", (-4, 4), ((1.5, 30),), (3, 4), units=2),
    Work("tomasz", "Service", "Europe/Warsaw", (-1, 7), ((3, 30),), (5,), units=3),
    Work("sofia", "Service", "Europe/Rome", (-6, 2), ((-1.5, 15),), units=2, limits={"kyc_review": 2}),
    Work("meilin", "Service", "Asia/Singapore", (6, 14.5), ((9, 60),), (2, 3), units=2),
    Work("jonas", "Finance", "Europe/Stockholm", (-3, 5.5), ((2, 60),), (6,), units=2,
         limits={"invoice_payment": 2}),
    Work("rasmus", "Homes", "Europe/Copenhagen", (-2, 6), ((2, 30),), units=3),
    Work("leila", "Homes", "America/Toronto", (-3, 6.5), ((2.5, 30),), units=3),
)  # fmt: skip
AWAY = ("rasmus", timedelta(days=-1), timedelta(days=4), "Holiday")


def take_up(*, by: Actor, began: datetime, now: datetime) -> None:
    """Put everybody in their place through the doors that a supervisor uses."""
    made = {name: teams.add(name, mode, by=by, now=began) for name, mode in TEAMS}
    users = _users()
    for work in STAFF:
        user = users[work.username]
        teams.set_duty(user, team=made[work.team], time_zone=work.zone, by=by, now=began)
        managing.set_load(user, work.units, work.limits, by=by, now=began)
        weeks.replace(user, _week(work, now), by=by, now=began)
    username, starts, ends, reason = AWAY
    zone = weeks.zone_of(users[username].pk)
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    weeks.add_time_off(
        users[username], starts=today + starts, ends=today + ends, reason=reason, by=by, now=began
    )


def move_shifts(laid_at: datetime, *, by: Actor, now: datetime) -> None:
    """Lay the shifts around now. A week that is not as it was laid then is somebody's own and
    stays."""
    users = _users()
    rows = weeks.rows_of(user.pk for user in users.values())
    for work in STAFF:
        user = users.get(work.username)
        if user and work.shift and weeks.written(rows[user.pk]) == _week(work, laid_at):
            weeks.replace(user, _week(work, now), by=by, now=now)


def teach(*, by: Actor, now: datetime) -> None:
    """Name the languages before anybody is given one."""
    for name in LANGUAGES:
        skills.add(name, Skill.Kind.LANGUAGE, by=by, now=now)


def _users() -> dict[str, User]:
    return User.objects.in_bulk([work.username for work in STAFF], field_name="username")


def _week(work: Work, now: datetime) -> list[Day]:
    if work.shift is None:
        return [Day(number) for number in range(7)]
    here = now.astimezone(ZoneInfo(work.zone)).replace(
        minute=0, second=0, microsecond=0, tzinfo=None
    )
    starts, ends = work.shift
    texts: dict[bool, dict[int, str]] = {True: {}, False: {}}
    for days in range(7):
        if days not in work.off:
            day = here + timedelta(days=days)
            spans = [(False, starts, ends), *((True, at, at + m / 60) for at, m in work.breaks)]
            for is_break, begins, until in spans:
                first, last = day + timedelta(hours=begins), day + timedelta(hours=until)
                texts[is_break][first.weekday()] = f"{first:%H:%M}-{last:%H:%M}"
    return [Day(n, texts[False].get(n, ""), texts[True].get(n, "")) for n in range(7)]
