"""The roster as a CSV file: written, and understood again.

One line for each person: team, units, time zone, limits, the days of the week, and a column for
each skill. A cell that a spreadsheet would run as a formula goes out with an apostrophe before it.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import get_close_matches

from routing.attendance import weeks
from routing.attendance.calendar import WeekdaySpan
from routing.attendance.weeks import DAYS, Day
from routing.models import Skill
from routing.people import roster, skills, teams

PERSON, NAME, TEAM, UNITS, ZONE, LIMITS = "username", "name", "team", "units", "time_zone", "limits"
FIXED = (PERSON, NAME, TEAM, UNITS, ZONE, LIMITS)
# Only read: the role of somebody new, and spans in which somebody does not work, to be added.
ROLE, OFF = "role", "time_off"
DAY_COLUMNS = tuple(day.lower() for day in DAYS)
BREAK = "break"
# The apostrophe is one of them, so that a cell which begins with it comes back as it was.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
SIZE_MAX = 1_000_000
LINES_MAX = 2_000
DELIMITERS = (",", ";", "\t")  # A spreadsheet saves the second where the comma parts decimals.
OFF_SPAN = re.compile(r"(\d{4}-\d\d-\d\d)( \d\d:\d\d)?(?: to (\d{4}-\d\d-\d\d)( \d\d:\d\d)?)?")
LIMIT = re.compile(r"(\S+)\s+(\d{1,3})")


@dataclass(frozen=True, slots=True)
class FileFault:
    """What is wrong, and where: the line of the file and the name of its column."""

    line: int
    column: str
    text: str

    def __str__(self) -> str:
        where = f"Line {self.line}, {self.column}" if self.column else f"Line {self.line}"
        return f"{where}: {self.text}"


@dataclass(frozen=True, slots=True)
class OffSpan:
    """Off between two times on the person's own clock, and as it was written."""

    starts: datetime
    ends: datetime
    text: str


@dataclass(slots=True)
class RosterLine:
    """One line as it was understood; None where the file has no such column."""

    line: int
    username: str
    team: str | None = None
    units: int | None = None
    time_zone: str | None = None
    limits: dict[str, int] | None = None
    days: list[Day] | None = None
    grades: dict[str, int] = field(default_factory=dict)
    name: str | None = None
    role: str = ""
    off: list[OffSpan] = field(default_factory=list)


@dataclass(slots=True)
class ReadFile:
    """What was understood of a file, and everything that was not."""

    lines: list[RosterLine] = field(default_factory=list)
    faults: list[FileFault] = field(default_factory=list)
    # Columns of skills that there are not yet, with their kind.
    skills: dict[str, str] = field(default_factory=dict)


def export() -> str:
    """The roster of everybody who can be given work, as text for a file."""
    grid = roster.grid(roster.deciders())
    numbers = [row.person.pk for row in grid.rows]
    written, limited = weeks.rows_of(numbers), teams.limits_of_all(numbers)
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    headings = [column_of(column.skill, column.kind) for column in grid.columns]
    lines.writerow([*FIXED, *DAY_COLUMNS, *map(_safe, headings)])
    for row in grid.rows:
        duty = row.duty
        limits = limited.get(row.person.pk, {})
        cells = [
            row.person.username,
            row.person.name,
            duty.team.name if duty and duty.team else "",
            str(row.units),
            duty.time_zone if duty else "UTC",
            "; ".join(f"{name} {units}" for name, units in limits.items()),
            *_days(written[row.person.pk]),
            *(str(cell.grade) if cell.grade else "" for cell in row.cells),
        ]
        lines.writerow(map(_safe, cells))
    return out.getvalue()


def column_of(skill: str, kind: str) -> str:
    """What the column of a skill is called: `trade: refunds`."""
    return f"{kind}: {skill}"


def read(text: str) -> ReadFile:
    """Understand a file. Nothing is raised and nothing is looked up but which skills there are."""
    found = ReadFile()
    if len(text) > SIZE_MAX:
        found.faults.append(FileFault(1, "", "The file is larger than 1 MB."))
        return found
    # Spreadsheets begin a file in UTF-8 with this mark, and pasted text may bring it along.
    table = _table(text.removeprefix("\ufeff"), found)
    heading = [_plain(cell).strip() for cell in table[0][1]] if table else []
    columns = _columns(heading, found)
    if PERSON not in columns:
        return found
    for number, cells in table[1 : LINES_MAX + 1]:
        if any(cell.strip() for cell in cells):
            _line(number, cells, columns, found)
    if len(table) > LINES_MAX + 1:
        number, _ = table[LINES_MAX + 1]
        found.faults.append(FileFault(number, "", f"More than {LINES_MAX} people."))
    return found


def _table(text: str, found: ReadFile) -> list[tuple[int, list[str]]]:
    """The cells, each row with the line of the file that it begins on."""
    heading = text.partition("\n")[0]
    delimiter = next((one for one in DELIMITERS if one in heading), DELIMITERS[0])
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    table, begins = [], 1
    try:
        for cells in lines:
            table.append((begins, cells))
            # A cell may hold line breaks, so that the number of a row is not that of its line.
            begins = lines.line_num + 1
    except csv.Error as error:
        found.faults.append(FileFault(begins, "", f"This is not a CSV file: {error}."))
    return table


def _columns(heading: Sequence[str], found: ReadFile) -> dict[str, int]:
    """Column to place. A column that nobody knows is a fault: a slip of the hand would be lost."""
    known = {column_of(name, kind) for name, kind in skills.known().items()}
    places = {name: place for place, name in enumerate(heading) if name}
    for name in places:
        if heading.count(name) > 1:
            found.faults.append(FileFault(1, name, "This column is there twice."))
        elif name in known or name in {*FIXED, ROLE, OFF, *DAY_COLUMNS}:
            continue
        elif _is_skill(name):
            _new_skill(name, found)
        else:
            near = get_close_matches(name.lower(), [*FIXED, ROLE, OFF, *DAY_COLUMNS, *known], 1)
            meant = f" Did you mean {near[0]}?" if near else ""
            found.faults.append(FileFault(1, name, f"There is no such column.{meant}"))
    if PERSON not in places:
        found.faults.append(
            FileFault(1, PERSON, "This column is missing; it says whom a line is about.")
        )
    days = [day for day in DAY_COLUMNS if day in places]
    if days and len(days) < len(DAY_COLUMNS):
        missing = ", ".join(day for day in DAY_COLUMNS if day not in places)
        found.faults.append(FileFault(1, days[0], f"A week has seven days; {missing} are missing."))
    return places


def _new_skill(column: str, found: ReadFile) -> None:
    """A skill that there is not: it would be added, unless its name cannot be or is taken."""
    kind, _, name = column.partition(": ")
    named = {one.casefold(): one for one in [*skills.known(), *found.skills]}
    if not skills.usable(name):
        text = "Use at most 64 letters, without commas, colons or plus signs."
        found.faults.append(FileFault(1, column, text))
    elif same := named.get(name.casefold()):
        found.faults.append(FileFault(1, column, f"There is already a skill called {same}."))
    else:
        found.skills[name] = kind


def _is_skill(name: str) -> bool:
    return name.partition(": ")[0] in Skill.Kind.values


def _line(number: int, cells: Sequence[str], columns: Mapping[str, int], found: ReadFile) -> None:
    last = max(columns, key=columns.__getitem__)
    if len(cells) <= columns[last]:
        # A cell that is not there says nothing, least of all that somebody has no skill.
        found.faults.append(FileFault(number, "", _short(len(cells), columns, last)))
        return
    if len(cells) > columns[last] + 1:
        found.faults.append(FileFault(number, "", "There are more cells than columns."))
    typed = {name: _plain(cells[place]).strip() for name, place in columns.items()}
    wanted = RosterLine(number, typed[PERSON], team=typed.get(TEAM), time_zone=typed.get(ZONE))
    if not wanted.username:
        found.faults.append(FileFault(number, PERSON, "Say whom this line is about."))
    if UNITS in typed:
        wanted.units = _number(typed[UNITS])
        if wanted.units is None:
            found.faults.append(FileFault(number, UNITS, f"“{typed[UNITS]}” is not a number."))
    if LIMITS in typed:
        wanted.limits = _limits(number, typed[LIMITS], found)
    if typed.keys() >= set(DAY_COLUMNS):
        wanted.days = _week(number, typed, found)
    wanted.name = " ".join(typed[NAME].split()) if NAME in typed else None
    wanted.role = typed.get(ROLE, "").lower()
    wanted.off = _off(number, typed.get(OFF, ""), found)
    wanted.grades = _grades(number, typed, found)
    found.lines.append(wanted)


def _short(count: int, columns: Mapping[str, int], last: str) -> str:
    cells = "1 cell" if count == 1 else f"{count} cells"
    return (
        f"It is cut short: {cells} for {columns[last] + 1} columns, nothing up to “{last}”. "
        "Write empty cells too, or leave the line out."
    )


def _week(number: int, typed: Mapping[str, str], found: ReadFile) -> list[Day]:
    days = [_day(place, typed[name]) for place, name in enumerate(DAY_COLUMNS)]
    for place, text in weeks.read(days).faults:
        found.faults.append(FileFault(number, DAY_COLUMNS[int(place[-1])], text))
    return days


def _grades(number: int, typed: Mapping[str, str], found: ReadFile) -> dict[str, int]:
    grades = {}
    for name, text in typed.items():
        if _is_skill(name):
            grade = _number(text or "0")
            if grade is None or grade > 5:
                found.faults.append(
                    FileFault(number, name, f"“{text}” is not a number from 0 to 5.")
                )
            else:
                grades[name.partition(": ")[2]] = grade
    return grades


def _off(number: int, text: str, found: ReadFile) -> list[OffSpan]:
    """`2026-12-24 to 2026-12-31; 2027-01-05 12:00 to 2027-01-05 17:00`; days are whole days."""
    spans: list[OffSpan] = []
    for piece in filter(None, (" ".join(one.split()) for one in text.split(";"))):
        typed = OFF_SPAN.fullmatch(piece)
        span = _span(piece, *typed.groups()) if typed else None
        if span is None:
            told = f"“{piece}” is not a span; write it as 2026-12-24 to 2026-12-31."
            found.faults.append(FileFault(number, OFF, told))
        elif span.ends <= span.starts:
            told = f"“{piece}”: this is not after the beginning."
            found.faults.append(FileFault(number, OFF, told))
        elif any(span.starts < one.ends and one.starts < span.ends for one in spans):
            told = f"“{piece}” overlaps another span of this line."
            found.faults.append(FileFault(number, OFF, told))
        else:
            spans.append(span)
    return spans


def _span(
    text: str, first: str, begins: str | None, last: str | None, ends: str | None
) -> OffSpan | None:
    """None where a day or a time is none, or only one end has a time."""
    if bool(begins) != bool(ends):
        return None
    try:
        starts = datetime.fromisoformat(f"{first}{begins or ' 00:00'}")
        over = datetime.fromisoformat(f"{last or first}{ends or ' 00:00'}")
        over = over if ends else over + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return OffSpan(starts, over, text) if 2000 <= starts.year <= over.year < 2100 else None


def _limits(number: int, text: str, found: ReadFile) -> dict[str, int]:
    limits: dict[str, int] = {}
    for piece in filter(None, (one.strip() for one in text.split(";"))):
        typed = LIMIT.fullmatch(piece)
        if typed is None:
            text = f"“{piece}” is not a limit; write it as refund 2; exchange 1."
            found.faults.append(FileFault(number, LIMITS, text))
        elif typed[1] in limits:
            found.faults.append(FileFault(number, LIMITS, f"{typed[1]} is there twice."))
        else:
            limits[typed[1]] = int(typed[2])
    return limits


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def _days(rows: Sequence[WeekdaySpan]) -> Iterable[str]:
    for day in weeks.written(rows):
        breaks = f" {BREAK} {day.breaks}" if day.breaks else ""
        yield f"{day.work}{breaks}".strip()


def _day(number: int, text: str) -> Day:
    work, _, breaks = text.partition(BREAK)
    return Day(number, work.strip(" ;,"), breaks.strip(" ;,"))


def _safe(cell: str) -> str:
    """A spreadsheet shows it and runs nothing."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
