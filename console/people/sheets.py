"""Each person as the record seals them: name, role, what they can and when they work; and what
skills and teams there are."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Count, F, QuerySet

from console.models import User
from escalations.record import sheets
from escalations.record.sheets import SheetSource
from routing.models import Duty, Proficiency, Shift, Skill, Team, TimeOff, Unit, WorkLimit
from routing.people import announcing, teams, units

JSON = dict[str, Any]
PEOPLE, STAFF = "person/", "staff/"
SKILLS, TEAMS = f"{STAFF}skills", f"{STAFF}teams"
# Not the password, which Django writes anew when somebody signs in; nor the address and the
# preferences, which are each person's own and are changed without a line.
OF_PEOPLE = (
    *("pk", "first_name", "last_name", "role", "is_active"),
    *("is_staff", "is_superuser", "date_joined"),
)
# What a line of each kind may change of the person whom it names; the others are below.
CHANGES = {
    "created": [sheets.ALL],
    "capacity_set": ["units"],
    "deactivated": ["is_active"],
    "reactivated": ["is_active"],
    "duty_set": ["duty"],
    "limits_set": ["limits"],
    "shifts_set": ["shifts"],
    "time_off_added": ["time_off"],
    "time_off_removed": ["time_off"],
}


def people(names: Collection[str] | None) -> dict[str, JSON]:
    """Everybody by username, or those named."""
    users = User.objects.all()
    if names is not None:
        users = users.filter(username__in=[name.removeprefix(PEOPLE) for name in names])
    rows = list(users.values("username", *OF_PEOPLE))
    keys = None if names is None else [row["pk"] for row in rows]
    parts = {
        # By its own key, as its name may become another.
        "duty": _of(Duty.objects, keys, "time_zone", "team"),
        "shifts": _of(Shift.objects, keys, "weekday", "starts", "ends", "kind"),
        "time_off": _of(TimeOff.objects, keys, "starts_at", "ends_at", "reason"),
        "limits": _of(WorkLimit.objects, keys, "task_type", "units"),
    }
    skills = _of(Proficiency.objects.filter(grade__gt=0), keys, "grade", name=F("skill__name"))
    counted = _theirs(Unit.objects, keys).values_list("person").annotate(Count("pk")).order_by()
    many = dict(counted)
    return {
        f"{PEOPLE}{row['username']}": {
            "account": [row[name] for name in ("pk", "is_staff", "is_superuser", "date_joined")],
            "names": [row["first_name"], row["last_name"]],
            "role": row["role"],
            "is_active": row["is_active"],
            # Who has none yet gets as many when they first take a case.
            "units": many.get(row["pk"], units.UNITS),
            **{name: found.get(row["pk"], []) for name, found in parts.items()},
            **{f"skill {one['name']}": one["grade"] for one in skills.get(row["pk"], [])},
        }
        for row in rows
    }


def staff(names: Collection[str] | None) -> dict[str, JSON]:
    """The words that people are sorted by."""
    skills = {f"skill {name}": kind for name, kind in Skill.objects.values_list("name", "kind")}
    found = {
        # What is not so stands in no sheet, so that those from before there was such a choice
        # still hold.
        f"team {name}": [
            key,
            mode,
            *(["leads"] if offers_leads else []),
            *([f"wrap-up {wrap_up_s}"] if wrap_up_s else []),
        ]
        for key, name, mode, offers_leads, wrap_up_s in Team.objects.values_list(
            "pk", "name", "mode", "offers_leads", "wrap_up_s"
        )
    }
    return {SKILLS: skills, TEAMS: found}


def _about_people(kind: str, said: JSON) -> Mapping[str, Collection[str]]:
    if "person" not in said:
        return {}
    name = f"{PEOPLE}{said['person']}"
    if kind == "changed":
        another = said.get("role") != said.get("role_before")
        return {name: ["names", "role"] if another else ["names"]}
    elif kind == "graded":
        return {name: [f"skill {skill}" for skill in said.get("skills", ())]}
    else:
        return {name: CHANGES.get(kind, [])}


def _about_staff(kind: str, said: JSON) -> Mapping[str, Collection[str]]:
    """Whoever gets a skill that there was not makes it, and the first person makes a team."""
    found = {}
    skills = [said["skill"]] if "skill" in said else said.get("skills", ())
    if skills:
        found[SKILLS] = [f"skill {skill}" for skill in skills]
    if kind.startswith("team_"):
        found[TEAMS] = [f"team {said.get(one)}" for one in ("team", "team_before") if one in said]
    elif kind == "created":
        found[TEAMS] = [f"team {teams.FIRST}"]
    return found


def _of(rows: Any, people: list[int] | None, *columns: str, **more: F) -> dict[int, list[JSON]]:
    """These columns of each person's rows, in an order of their own."""
    found: dict[int, list[JSON]] = defaultdict(list)
    for row in _theirs(rows, people).values("person", *columns, **more):
        found[row.pop("person")].append({name: str(value) for name, value in row.items()})
    for several in found.values():
        several.sort(key=lambda row: sorted(row.items()))
    return found


def _theirs(rows: Any, people: list[int] | None) -> QuerySet[Any]:
    theirs: QuerySet[Any] = rows.all() if people is None else rows.filter(person__in=people)
    return theirs


SOURCES = (
    SheetSource(PEOPLE, (announcing.CHAIN,), people, _about_people),
    SheetSource(STAFF, (announcing.CHAIN,), staff, _about_staff),
)
