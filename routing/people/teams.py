"""Teams and who is in them: how somebody gets work, in which time zone, and how much of a kind."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from console.models import User
from escalations import eligibility
from escalations.policy import hours
from escalations.record.lines import Actor
from escalations.refusals import Conflict, Invalid
from routing.models import Duty, Team, WorkLimit
from routing.people import announcing

FIRST = "Everyone"
NAME_MAX = 64
LIMIT_MAX = 50
OFFERING = (Team.Mode.PUSH, Team.Mode.BOTH)


def welcome(person: User) -> None:
    """A new person joins the first team there is; the first of all makes it."""
    first = Team.objects.order_by("pk").first()
    if first is None:
        # By its name, which is unique: two first people at once make one team.
        first, _ = Team.objects.get_or_create(name=FIRST, defaults={"mode": Team.Mode.BOTH})
    Duty.objects.get_or_create(person=person, defaults={"team": first})


def welcome_all(people: Sequence[User]) -> None:
    """The same of people who are new in this transaction."""
    for one in people[:1]:
        welcome(one)
        first = Duty.objects.get(person=one).team
        Duty.objects.bulk_create(Duty(person=other, team=first) for other in people[1:])


def is_offered(role: str, mode: str | None, *, offers_leads: bool | None) -> bool:
    """Whether somebody of this role, in a team that works so, is offered work."""
    leads = role in eligibility.LEADS
    return mode in OFFERING and (not leads or bool(offers_leads))


def offering() -> Q:
    """The same as a condition on `Duty`."""
    here = Q(team__mode__in=OFFERING)
    return here & (~Q(person__role__in=eligibility.LEADS) | Q(team__offers_leads=True))


@transaction.atomic
def add(
    name: str,
    mode: str,
    *,
    offers_leads: bool = False,
    wrap_up_s: int = 0,
    by: Actor,
    now: datetime,
) -> Team:
    """One more team. Raises Invalid naming the field at fault."""
    _require(name, mode, other_than=0)
    made = _saved(Team(name=name, mode=mode, offers_leads=offers_leads, wrap_up_s=wrap_up_s))
    facts = {"team": name, "mode": str(mode), "offers_leads": offers_leads, "wrap_up_s": wrap_up_s}
    announcing.note("team_added", facts, by=by, now=now)
    return made


@transaction.atomic
def change(
    team: Team,
    *,
    name: str,
    mode: str,
    offers_leads: bool = False,
    wrap_up_s: int = 0,
    by: Actor,
    now: datetime,
) -> Team:
    """Another name or way of working. The same again changes nothing. Raises Invalid."""
    team = Team.objects.select_for_update().get(pk=team.pk)
    _require(name, mode, other_than=team.pk)
    before = team.name
    was = (team.name, team.mode, team.offers_leads, team.wrap_up_s)
    if was != (name, mode, offers_leads, wrap_up_s):
        team.name, team.mode, team.offers_leads = name, mode, offers_leads
        team.wrap_up_s = wrap_up_s
        _saved(team)
        facts = {
            "team": name, "team_before": before, "mode": str(mode), "offers_leads": offers_leads,
            "wrap_up_s": wrap_up_s,
        }  # fmt: skip
        announcing.note("team_changed", facts, by=by, now=now)
    return team


@transaction.atomic
def remove(team: Team, *, by: Actor, now: datetime) -> None:
    """Forget an empty team. Raises Conflict where somebody is in it."""
    # A full lock, not `no_key`: whoever puts somebody into the team refers to its row and must
    # wait.
    team = Team.objects.select_for_update().get(pk=team.pk)
    count = Duty.objects.filter(team=team).count()
    if count:
        who = "1 person is" if count == 1 else f"{count} people are"
        raise Conflict("in_use", f"{who} in {team.name}; move them to another team first.")
    team.delete()
    announcing.note("team_removed", {"team": team.name}, by=by, now=now)


@transaction.atomic
def set_duty(person: User, *, team: Team | None, time_zone: str, by: Actor, now: datetime) -> Duty:
    """Where this person belongs, and where their clock hangs. Raises Invalid for no such zone."""
    set_duties([(person, team, time_zone)], by=by, now=now)
    return Duty.objects.get(person=person)


@transaction.atomic
def set_duties(
    wanted: Sequence[tuple[User, Team | None, str]], *, by: Actor, now: datetime
) -> None:
    """The same of many people, by as many statements."""
    for _, _, time_zone in wanted:
        if time_zone not in hours.zones():
            text = f"“{time_zone}” is not a time zone; write one such as Europe/Berlin."
            raise Invalid.of("/time_zone", text)
    # The people are locked, because there may be no rows of theirs yet.
    numbers = [person.pk for person, _, _ in wanted]
    list(User.objects.select_for_update(no_key=True).filter(pk__in=numbers).order_by("pk"))
    there = {duty.person_id: duty for duty in Duty.objects.filter(person__in=numbers)}
    told, old, new = list[tuple[User, dict[str, str]]](), list[Duty](), list[Duty]()
    for person, team, time_zone in wanted:
        duty = there.get(person.pk) or Duty(person=person)
        if duty.pk is None or (duty.team_id, duty.time_zone) != (team and team.pk, time_zone):
            duty.team, duty.time_zone = team, time_zone
            (new if duty.pk is None else old).append(duty)
            told.append((person, {"team": team.name if team else "", "time_zone": time_zone}))
    Duty.objects.bulk_create(new)
    Duty.objects.bulk_update(old, ["team", "time_zone"])
    announcing.about_all("duty_set", told, by=by, now=now)


@transaction.atomic
def set_limits(person: User, limits: Mapping[str, int], *, by: Actor, now: datetime) -> None:
    """At most so many units of these kinds of work; those not named have no limit of their own.

    Raises Invalid for a number that is none.
    """
    for task_type, units in limits.items():
        if not 0 <= units <= LIMIT_MAX:
            text = f"Choose a number from 0 to {LIMIT_MAX}, or leave it empty."
            raise Invalid.of(f"/limit:{task_type}", text)
    _locked(person)
    if limits != limits_of(person.pk):
        WorkLimit.objects.filter(person=person).delete()
        WorkLimit.objects.bulk_create(
            WorkLimit(person=person, task_type=name, units=units) for name, units in limits.items()
        )
        announcing.about(person, "limits_set", {"limits": dict(limits)}, by=by, now=now)


def limits_of(user_id: int) -> dict[str, int]:
    """Task type to the units of it that this person takes at most."""
    rows = WorkLimit.objects.filter(person=user_id).order_by("task_type")
    return dict(rows.values_list("task_type", "units"))


def limits_of_all(user_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """The same for many people in one statement; who has none is not in it."""
    found: dict[int, dict[str, int]] = {}
    for row in WorkLimit.objects.filter(person__in=user_ids).order_by("task_type"):
        found.setdefault(row.person_id, {})[row.task_type] = row.units
    return found


def _require(name: str, mode: str, *, other_than: int) -> None:
    if not (0 < len(name) <= NAME_MAX and name.isprintable() and name == name.strip()):
        raise Invalid.of("/name", f"Give it a name of at most {NAME_MAX} letters.")
    if mode not in Team.Mode.values:
        raise Invalid.of("/mode", "Choose offered, taken, or both.")
    if Team.objects.filter(name__iexact=name).exclude(pk=other_than).exists():
        raise Invalid.of("/name", f"There is already a team called {name}.")


def _saved(team: Team) -> Team:
    try:
        # A savepoint, so that a name taken by somebody else in this moment is a sentence, and the
        # caller's transaction still stands.
        with transaction.atomic():
            team.save()
    except IntegrityError as error:
        raise Invalid.of("/name", f"There is already a team called {team.name}.") from error
    return team


def _locked(person: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)
