"""Who could be given a case: everybody, best first, and why not where somebody should not be."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from escalations import eligibility
from escalations.eligibility import Id
from escalations.text import formatting
from routing.floor.snapshot import PersonNow, Standing
from routing.models import Presence

ABSENT = {Presence.State.BUSY: "Busy", Presence.State.OFFLINE: "Offline, nobody would answer"}
Voters = Mapping[int, Collection[Id]]  # By case, whose vote on it stands.


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person before some cases. `barred`: why they cannot have them. `although`: what speaks
    against it, for a supervisor to pass over knowingly."""

    member: PersonNow
    says: str
    barred: str = ""
    although: str = ""
    best: bool = False

    @property
    def fits(self) -> bool:
        """Nothing speaks against it."""
        return not self.barred and not self.although


def ranked(
    cases: Sequence[Standing], members: Iterable[PersonNow], voters: Voters | None = None
) -> list[Candidate]:
    """Everybody before these cases, who fits first; then the most able and the least busy."""
    had_part = voters or {}
    # As `eligibility.redirected`: whom it was passed on to before counts no more once it is given.
    cases = [
        replace(case, had_part=had_part.get(case.number, ()), assignee="", wanted_by="")
        for case in cases
    ]
    found = [_candidate(cases, member) for member in members]
    found.sort(key=lambda one: _order(cases, one))
    if found and found[0].fits:
        found[0] = _best(found[0])
    return found


def best(
    case: Standing, members: Iterable[PersonNow], voters: Voters | None = None
) -> PersonNow | None:
    """Whom to give it to next, if anybody fits."""
    found = ranked([case], members, voters)
    return found[0].member if found and found[0].fits else None


def need(skills: Mapping[str, int]) -> str:
    """`identity 4 and German 3`; `no skill` where none is asked for."""
    named = [f"{skill} {wished}" for skill, wished in sorted(skills.items())]
    return formatting.listed(named) or "no skill"


def _candidate(cases: Sequence[Standing], member: PersonNow) -> Candidate:
    new = [case for case in cases if case.person != member.id]
    missing = next((lack for case in cases if (lack := eligibility.lack(member, case.skills))), "")
    barred = _barred(cases, new, member)
    if not barred and sum(case.units for case in new) > member.free:
        barred = _full(member)
    says = barred or f"{missing or _skills(cases, member)}{', ' if cases else ''}{_room(member)}"
    return Candidate(member, _capital(says), barred, "" if barred else missing)


def _barred(cases: Sequence[Standing], new: Sequence[Standing], member: PersonNow) -> str:
    if not new:
        return "Has it already" if len(cases) == 1 else "Has them already"
    reasons = (eligibility.why_not(member, case) for case in cases)
    return next((reason.of_them for reason in reasons if reason), "") or _absence(member)


def _absence(member: PersonNow) -> str:
    """An offer to who is not available goes back at once."""
    seen = member.seen
    if seen.state == Presence.State.AWAY:
        return f"Away, {seen.reason[:1].lower()}{seen.reason[1:]}" if seen.reason else "Away"
    return ABSENT.get(Presence.State(seen.state), "")


def _full(member: PersonNow) -> str:
    return "Full" if not member.free else f"Only {member.free} free"


def _skills(cases: Sequence[Standing], member: PersonNow) -> str:
    wished = sorted({skill for case in cases for skill in case.skills})
    named = [f"{skill} {member.skills.get(skill, 0)}" for skill in wished[:2]]
    return ", ".join(named) or "no skill needed"


def _room(member: PersonNow) -> str:
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
