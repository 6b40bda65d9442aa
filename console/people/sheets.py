"""Each person as the record seals them: name, role, what they can and when they work; and what
skills and teams there are."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Count, F, QuerySet

from console.models import User
from escalations.record.sheets import SheetSource
from routing.models import Duty, Proficiency, Shift, Skill, Team, TimeOff, Unit, WorkLimit
from routing.people import announcing, units

JSON = dict[str, Any]
PEOPLE, STAFF = "person/", "staff/"
# Not the password, which Django writes anew when somebody signs in; nor the address and the
# preferences, which are each person's own and are changed without a line.
OF_PEOPLE = (
    *("pk", "first_name", "last_name", "role", "is_active"),
    *("is_staff", "is_superuser", "date_joined"),
)


def people() -> dict[str, JSON]:
    """Everybody by username."""
    parts = {
        "skills": _of(
            Proficiency.objects.filter(grade__gt=0), "grade", skill_name=F("skill__name")
        ),
        "duty": _of(Duty.objects.all(), "time_zone", team_name=F("team__name")),
        "shifts": _of(Shift.objects.all(), "weekday", "starts", "ends", "kind"),
        "time_off": _of(TimeOff.objects.all(), "starts_at", "ends_at", "reason"),
        "limits": _of(WorkLimit.objects.all(), "task_type", "units"),
    }
    many = dict(Unit.objects.values_list("person").annotate(Count("pk")).order_by())
    return {
        f"{PEOPLE}{row.pop('username')}": {
            **row,
            # Who has none yet gets as many when they first take a case.
            "units": many.get(row["pk"], units.UNITS),
            **{name: rows.get(row["pk"], []) for name, rows in parts.items()},
        }
        for row in User.objects.values("username", *OF_PEOPLE)
    }


def staff() -> dict[str, JSON]:
    """The words that people are sorted by."""
    skills = dict(Skill.objects.values_list("name", "kind"))
    teams = dict(Team.objects.values_list("name", "mode"))
    return {f"{STAFF}skills": skills, f"{STAFF}teams": teams}


def _about_people(said: JSON) -> Collection[str] | None:
    """A skill or a team may be anybody's."""
    return [f"{PEOPLE}{said['person']}"] if "person" in said else None


def _of(rows: QuerySet[Any], *columns: str, **more: F) -> dict[int, list[JSON]]:
    """These columns of each person's rows, in an order of their own."""
    found: dict[int, list[JSON]] = defaultdict(list)
    for row in rows.values("person", *columns, **more):
        found[row.pop("person")].append({name: str(value) for name, value in row.items()})
    for several in found.values():
        several.sort(key=lambda row: sorted(row.items()))
    return found


SOURCES = (
    SheetSource(PEOPLE, (announcing.CHAIN,), people, _about_people),
    SheetSource(STAFF, (announcing.CHAIN,), staff, lambda _: None),
)
