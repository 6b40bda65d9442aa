"""The supervisor's board: what is late and why it is stuck, who can take it, what comes next.

The same board is made of this moment and of any minute of the last day (`routing/floor/replay.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from routing.floor import (
    candidates,
    case_table,
    half_hour,
    headlines,
    queue_lines,
    raised,
    replay,
    snapshot,
    stuck,
)
from routing.floor.case_table import FIRST, Late, Table
from routing.floor.half_hour import HalfHour
from routing.floor.headlines import Headline
from routing.floor.queue_lines import QueueLine
from routing.floor.raised import Raised
from routing.floor.snapshot import PersonNow, Queue, Scene, Standing
from routing.floor.who_can import WhoCan
from routing.models import Presence

STRONGEST = 2
SHOWN = {
    Presence.State.PRESENT: ("on", "Available"),
    Presence.State.BUSY: ("busy", "Busy"),
    Presence.State.AWAY: ("away", "Away"),
    Presence.State.OFFLINE: ("off", "Offline"),
}
SET_BY = {
    Presence.SetBy.LEAD: "set by a supervisor",
    Presence.SetBy.MISSED: "set by missed offer",
    Presence.SetBy.PAUSED: "paused offers",
    Presence.SetBy.LOST: "connection lost",
}
OF_BATON = {"Missed an offer", "Connection lost"}


@dataclass(frozen=True, slots=True)
class PersonOnBoard:
    """One person: how they are, what they hold, what they are best at."""

    member: PersonNow
    mark: str
    state: str
    note: str
    back_at: datetime | None
    cases: Sequence[Standing]
    doing: str
    skills: str

    @property
    def show(self) -> str:
        """Their name in the address of the board."""
        return f"person-{self.member.username}"

    @property
    def drawn_from(self) -> tuple[object, ...]:
        """Every value that stands in their row."""
        member, first = self.member, self.cases[0] if self.cases else None
        case = first and (first.id, first.number, first.state, first.since)
        return (
            member.id, member.username, member.name, member.initials, member.taken, member.units,
            member.free, self.mark, self.state, self.note, self.back_at, case, self.doing,
            self.skills,
        )  # fmt: skip

    @property
    def boxes(self) -> list[str]:
        """One word for each unit, as the meter draws it."""
        used = "full" if not self.member.free else "on"
        return [used] * self.member.taken + [""] * self.member.free


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the page. `past` is a minute of the record: nothing can be done in it."""

    at: datetime
    past: bool
    team: str
    teams: Sequence[str]
    facts: Sequence[Headline]
    table: Table
    late: Sequence[Late]
    rows: Sequence[PersonOnBoard]
    absent: int
    on_shift: int
    can_take: int
    queues: Sequence[QueueLine]
    outlook: HalfHour | None = None
    raised: Sequence[Raised] = field(default_factory=list)

    @property
    def most(self) -> int:
        """The longest queue, as the measure of all."""
        return max((line.queue.waiting for line in self.queues), default=1)


def board(
    now: datetime, *, person: int, team: str = "", show: str = "", first: int = FIRST
) -> Board:
    """The board of this moment, for this person, of one team or all, in 30 statements at most;
    `show` says which cases stand in its table. A team's shows its people and cases alone; who can
    take these, and the forecast, is said of everybody."""
    whole = snapshot.now(now)
    seen = _of_team(whole, team)
    who_can, made = WhoCan(whole.members, now), case_table.table(seen, show, first)
    why = stuck.reasons(made.cases, who_can, now)
    suggested = candidates.spread(made.cases, who_can)
    members = {member.id: member for member in whole.members}
    outlook = half_hour.outlook(whole, who_can, now, reader=person)
    # What the days before were like is known of all teams together.
    before = outlook.before if seen is whole else None
    lines = queue_lines.lines(seen, who_can)
    late = [
        Late(case, members.get(case.person or 0), why[case.number], suggested.get(case.number))
        for case in made.cases
    ]
    return _board(
        seen,
        lines,
        made,
        late=late,
        facts=headlines.facts(seen, who_can.members, lines, before, now),
        outlook=outlook,
        raised=raised.to(person, now),
        team=team,
    )


def board_at(moment: datetime, *, team: str = "", show: str = "", first: int = FIRST) -> Board:
    """The board of that minute, from the record."""
    whole = replay.at(moment)
    seen = _of_team(whole, team)
    members = {member.id: member for member in whole.members}
    made = case_table.table(seen, show, first)
    late = [
        Late(case, members.get(case.person or 0), _then(case, members, moment), None)
        for case in made.cases
    ]
    lines = queue_lines.lines(seen, WhoCan(whole.members, moment))
    facts = headlines.facts(seen, whole.members, lines, None, moment)
    return _board(seen, lines, made, late=late, facts=facts, team=team, past=True)


def _board(
    seen: Scene,
    lines: list[QueueLine],
    made: Table,
    *,
    late: list[Late],
    facts: list[Headline],
    team: str,
    past: bool = False,
    outlook: HalfHour | None = None,
    raised: Sequence[Raised] = (),
) -> Board:
    # Who is there stands first: at a glance, and where a case is dragged to.
    members = sorted(seen.members, key=lambda member: not member.is_there)
    in_hand = seen.of_each()
    rows = [_row(member, in_hand.get(member.id, ()), seen.at) for member in members]
    shown = [row for row in rows if _is_shown(row)]
    return Board(
        at=seen.at,
        past=past,
        team=team,
        teams=seen.teams,
        facts=facts,
        table=made,
        late=late,
        rows=shown,
        absent=len(rows) - len(shown),
        on_shift=sum(row.member.is_there and row.member.duty.on for row in rows),
        can_take=sum(row.member.takes_work for row in rows),
        queues=lines,
        outlook=outlook,
        raised=raised,
    )


def _of_team(seen: Scene, team: str) -> Scene:
    """Its people, what they hold, and what waits for what any of them can."""
    if team not in seen.teams:
        return seen
    members = [member for member in seen.members if member.team == team]
    ids = {member.id for member in members}

    def theirs(one: Standing | Queue) -> bool:
        return any(member.meets(one.skills) for member in members)

    return Scene(
        at=seen.at,
        members=members,
        held=[case for case in seen.held if case.person in ids],
        late=[case for case in seen.late if theirs(case)],
        waiting=[case for case in seen.waiting if theirs(case)],
        queues=[queue for queue in seen.queues if theirs(queue)],
        teams=seen.teams,
    )


def _then(case: Standing, members: dict[int, PersonNow], moment: datetime) -> str:
    if case.person is not None:
        return stuck.of_somebody(case, members.get(case.person), moment)
    return f"Waits, {stuck.since(case.arrived_at, moment)} old"


def _row(member: PersonNow, cases: Sequence[Standing], now: datetime) -> PersonOnBoard:
    mark, state = SHOWN[Presence.State(member.seen.state)]
    reason = member.seen.reason
    if reason and reason not in OF_BATON:
        state += f", {reason[:1].lower()}{reason[1:]}"
    if member.seen.draining:
        state += ", finishing"
    return PersonOnBoard(
        member=member,
        mark=mark,
        state=state,
        note=_note(member, now),
        back_at=member.seen.back_at or (None if member.duty.on else member.duty.back_at),
        cases=cases,
        doing=_doing(cases),
        skills=_strongest(member),
    )


def _note(member: PersonNow, now: datetime) -> str:
    said = [SET_BY.get(Presence.SetBy(member.seen.set_by), "")] if member.seen.set_by else []
    if member.is_there and not member.duty.on:
        said.append("on a break" if member.duty.on_break else "not on shift")
    return ", ".join(filter(None, [*said, stuck.since(member.seen.since, now)]))


def _doing(cases: Sequence[Standing]) -> str:
    """What comes after the first case, which the page links."""
    return f"and {len(cases) - 1} more" if len(cases) > 1 else ""


def _strongest(member: PersonNow) -> str:
    best = sorted(member.skills.items(), key=lambda one: (-one[1], one[0]))[:STRONGEST]
    words = ", ".join(f"{skill} {grade}" for skill, grade in best)
    return words[:1].upper() + words[1:]


def _is_shown(row: PersonOnBoard) -> bool:
    """Whoever is there, holds something, or should be there by their shift."""
    # Who has no shifts is always on duty, and would stand there as absent day and night.
    should = row.member.duty.on and row.member.duty.until is not None
    return row.member.is_there or bool(row.cases) or should
