"""Who could be given a case: everybody, best first, and why not where somebody should not be."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F

from escalations.models import Escalation, Vote
from escalations.text import formatting
from routing.floor.snapshot import Member, Standing
from routing.models import Presence

ABSENT = {Presence.State.BUSY: "Busy", Presence.State.OFFLINE: "Offline, nobody would answer"}
NUMBERS = ("", "one", "two", "three", "four", "five")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person before some cases. `barred`: why they cannot have them. `although`: what speaks
    against it, for a supervisor to pass over knowingly."""

    member: Member
    says: str
    barred: str = ""
    although: str = ""
    best: bool = False

    @property
    def fits(self) -> bool:
        """Nothing speaks against it."""
        return not self.barred and not self.although


def ranked(
    cases: Sequence[Standing], members: Iterable[Member], voters: Collection[tuple[int, int]] = ()
) -> list[Candidate]:
    """Everybody before these cases, who fits first; then the most able and the least busy.

    `voters` are (case, person) of those who had their part under the two-person rule.
    """
    found = [_candidate(cases, member, voters) for member in members]
    found.sort(key=lambda one: _order(cases, one))
    if found and found[0].fits:
        found[0] = _best(found[0])
    return found


def best(
    case: Standing, members: Iterable[Member], voters: Collection[tuple[int, int]] = ()
) -> Member | None:
    """Whom to give it to next, if anybody fits."""
    found = ranked([case], members, voters)
    return found[0].member if found and found[0].fits else None


def voters(numbers: Collection[int]) -> set[tuple[int, int]]:
    """Whose votes on these cases stand."""
    standing = Vote.objects.filter(
        escalation__in=numbers,
        void_at__isnull=True,
        package_version=F("escalation__package_version"),
    )
    return set(standing.values_list("escalation", "person"))


def below(escalation: Escalation, name: str, skills: Mapping[str, int]) -> str:
    """What this person lacks for the case, in words; empty where nothing."""
    missing = _missing(escalation.requirement.skills, skills)
    return f"{name}: {missing[0].lower()}{missing[1:]}" if missing else ""


def need(skills: Mapping[str, int]) -> str:
    """`identity 4 and German 3`; `no skill` where none is asked for."""
    named = [f"{skill} {wished}" for skill, wished in sorted(skills.items())]
    return formatting.listed(named) or "no skill"


def _candidate(
    cases: Sequence[Standing], member: Member, voters: Collection[tuple[int, int]]
) -> Candidate:
    new = [case for case in cases if case.person != member.id]
    missing = next((lack for case in cases if (lack := _missing(case.skills, member.skills))), "")
    barred = _barred(cases, new, member, missing, voters)
    if not barred and sum(case.units for case in new) > member.free:
        barred = _full(member)
    says = barred or f"{missing or _skills(cases, member)}{', ' if cases else ''}{_room(member)}"
    return Candidate(member, _capital(says), barred, "" if barred else missing)


def _barred(
    cases: Sequence[Standing],
    new: Sequence[Standing],
    member: Member,
    missing: str,
    voters: Collection[tuple[int, int]],
) -> str:
    if not new:
        return "Has it already" if len(cases) == 1 else "Has them already"
    elif any(member.username in case.excluded for case in cases):
        return "The agent asked that they do not decide this"
    elif any((case.number, member.id) in voters for case in cases):
        return "Has had their part; another person must agree"
    elif missing and any(case.strict and not member.can(case.skills) for case in cases):
        return f"{missing}, and this work is never given below it"
    else:
        return _absence(member)


def _missing(wishes: Mapping[str, int], have: Mapping[str, int]) -> str:
    for skill, wished in sorted(wishes.items()):
        grade = have.get(skill, 0)
        if 0 < grade < wished:
            return f"{_capital(skill)} {grade}, {NUMBERS[wished - grade]} below what is needed"
        elif grade < wished:
            return f"No {skill}, {wished} is needed"
    return ""


def _absence(member: Member) -> str:
    """An offer to who is not available goes back at once."""
    seen = member.seen
    if seen.state == Presence.State.AWAY:
        return f"Away, {seen.reason[:1].lower()}{seen.reason[1:]}" if seen.reason else "Away"
    return ABSENT.get(Presence.State(seen.state), "")


def _full(member: Member) -> str:
    return "Full" if not member.free else f"Only {member.free} free"


def _skills(cases: Sequence[Standing], member: Member) -> str:
    wished = sorted({skill for case in cases for skill in case.skills})
    named = [f"{skill} {member.skills.get(skill, 0)}" for skill in wished[:2]]
    return ", ".join(named) or "no skill needed"


def _room(member: Member) -> str:
    off = "" if member.duty.on else ", not on shift"
    return ("free now" if not member.taken else f"{member.free} free") + off


def _best(candidate: Candidate) -> Candidate:
    return Candidate(candidate.member, f"{candidate.says}. Best fit.", best=True)


def _order(cases: Sequence[Standing], one: Candidate) -> tuple[object, ...]:
    wished = {skill for case in cases for skill in case.skills}
    able = sum(one.member.skills.get(skill, 0) for skill in wished)
    share = one.member.free / (one.member.units or 1)
    return bool(one.barred), bool(one.although), -able, -share, one.member.name.casefold()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
