"""Who could be given cases: everybody, best first, and why not where somebody should not be."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from escalations import eligibility
from escalations.policy import versions
from escalations.text import formatting
from routing.floor.snapshot import PersonNow, Standing
from routing.floor.who_can import WhoCan
from routing.models import Presence
from routing.offers import crew

ABSENT = {Presence.State.BUSY: "Busy", Presence.State.OFFLINE: "Offline, nobody would answer"}
STANDS_BY = "Leads, and no team says that work is offered to them"


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


def ranked(cases: Sequence[Standing], who_can: WhoCan) -> list[Candidate]:
    """Everybody before these cases, who fits first; then the most able and the least busy."""
    found = [_candidate(cases, member, who_can) for member in who_can.members]
    found.sort(key=lambda one: _order(cases, one))
    if found and found[0].fits:
        found[0] = _best(found[0])
    return found


def spread(cases: Iterable[Standing], who_can: WhoCan) -> dict[int, PersonNow]:
    """Whom to give each of these cases, by number, what is nobody's first and else in this order;
    what was suggested for one is no more free for the next, and whoever has a case already is not
    suggested for it."""
    taken: dict[int, int] = {}
    limits: dict[int, dict[str, int]] = {}
    found: dict[int, PersonNow] = {}
    # Whoever is free is not kept for what somebody works on while another case waits for them.
    for case in sorted(cases, key=lambda case: case.person is not None):
        able = [_left(one, taken, limits) for one in who_can.free(case) if one.id != case.person]
        fits = [one for one in able if eligibility.room(one, case.task_type) >= case.units]
        if not fits:
            continue
        best = min(fits, key=lambda one: _suits([case], one))
        found[case.number] = best
        taken[best.id] = taken.get(best.id, 0) + case.units
        limits[best.id] = crew.limits_left(best.limits, [(case.task_type, case.units)])
    return found


def within(cases: Iterable[Standing], member: PersonNow) -> list[Standing]:
    """The first of these cases that this person has room for, one by one."""
    taken: dict[int, int] = {}
    limits: dict[int, dict[str, int]] = {}
    found = []
    for case in cases:
        left = _left(member, taken, limits)
        if eligibility.room(left, case.task_type) >= case.units:
            found.append(case)
            taken[member.id] = taken.get(member.id, 0) + case.units
            limits[member.id] = crew.limits_left(left.limits, [(case.task_type, case.units)])
    return found


def _left(
    member: PersonNow, taken: Mapping[int, int], limits: Mapping[int, Mapping[str, int]]
) -> PersonNow:
    """This person once they have what was suggested before."""
    if member.id not in taken:
        return member
    return replace(member, free=max(0, member.free - taken[member.id]), limits=limits[member.id])


def need(skills: Mapping[str, int]) -> str:
    """`identity 4 and German 3`; `no skill` where none is asked for."""
    named = [f"{skill} {wished}" for skill, wished in sorted(skills.items())]
    return formatting.listed(named) or "no skill"


def _candidate(cases: Sequence[Standing], member: PersonNow, who_can: WhoCan) -> Candidate:
    new = [case for case in cases if case.person != member.id]
    missing = next((lack for case in cases if (lack := eligibility.lack(member, case.skills))), "")
    barred = _barred(cases, new, member)
    if not barred and not _has_room(new, member):
        barred = _full(new, member)
    why = {who_can.why_not(member, case) for case in new} - {""}
    although = "" if barred or not why else missing or _against(why)
    says = barred or f"{missing or _skills(cases, member)}{', ' if cases else ''}{_room(member)}"
    return Candidate(member, formatting.capitalised(says), barred, although)


def _barred(cases: Sequence[Standing], new: Sequence[Standing], member: PersonNow) -> str:
    if not new:
        return "Has it already" if len(cases) == 1 else "Has them already"
    # Whom it was passed on to before counts no more once it is given.
    reasons = (eligibility.why_not(member, eligibility.redirected(case)) for case in cases)
    return next((reason.of_them for reason in reasons if reason), "") or _absence(member)


def _has_room(new: Sequence[Standing], member: PersonNow) -> bool:
    kinds = {case.task_type for case in new}
    return sum(case.units for case in new) <= member.free and all(
        sum(case.units for case in new if case.task_type == kind) <= eligibility.room(member, kind)
        for kind in kinds
    )


def _against(why: Collection[str]) -> str:
    """What a supervisor should know before giving it all the same."""
    if "for_supervisors" in why:
        return eligibility.SENTENCES["for_supervisors"][1]
    return STANDS_BY if "stands_by" in why else "Not on shift"


def _absence(member: PersonNow) -> str:
    """An offer to who is not available goes back at once."""
    seen = member.seen
    if seen.state == Presence.State.AWAY:
        return f"Away, {seen.reason[:1].lower()}{seen.reason[1:]}" if seen.reason else "Away"
    return ABSENT.get(Presence.State(seen.state), "")


def _full(new: Sequence[Standing], member: PersonNow) -> str:
    """What there is no room for: all of them, or those of one kind of work."""
    if not member.free:
        return "Full"
    if sum(case.units for case in new) > member.free:
        return f"Only {member.free} free"
    units = Counter[str]()
    for case in new:
        units[case.task_type] += case.units
    kind = next(kind for kind, many in units.items() if many > eligibility.room(member, kind))
    left = eligibility.room(member, kind)
    named = versions.current().document.for_task_type(kind).title
    what = formatting.inside(named or formatting.title(kind))
    return f"May hold only {left} more of {what}" if left else f"May hold no more of {what}"


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
    return bool(one.barred), bool(one.although), *_suits(cases, one.member)


def _suits(cases: Sequence[Standing], member: PersonNow) -> tuple[float, float, str]:
    """The most able and the least busy first."""
    wished = {skill for case in cases for skill in case.skills}
    able = sum(member.skills.get(skill, 0) for skill in wished)
    return -able, -member.free / (member.units or 1), member.name.casefold()
