"""Daily sums of the facts: a page over 90 days reads days and task types, not cases.

They are written with the facts, in the transaction and under the lock of whoever folds. What is
decided and may still be undone is in them: whoever reads takes it off again.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from operator import add
from typing import Any

from metrics import histograms
from metrics.figures import KINDS, Counts
from metrics.models import DaySum, Fact

COUNTS = tuple(one.name for one in fields(Counts))
TIMES = ("accept", "decide")
EVERYBODY = ""
_COLUMNS = (*COUNTS, *TIMES)
_PLACE_OF = {name: place for place, name in enumerate(_COLUMNS)}
Key = tuple[date, str, str]  # Day, task type and person; nobody's name is everybody's.
AT_ONCE = 500


class Changes:
    """What is added to and taken off the sums, until it is saved."""

    def __init__(self) -> None:
        self.by_key: dict[Key, list[int]] = defaultdict(lambda: [0] * len(_COLUMNS))

    def add(self, fact: Fact, times: int) -> None:
        """This fact so many times; -1 takes it off."""
        people = [EVERYBODY, fact.decided_by] if fact.decided_by else [EVERYBODY]
        for day, said in ((fact.arrived_on, arrived(fact)), (fact.closed_on, closed(fact))):
            if day is not None:
                for person in people:
                    sums = self.by_key[day, fact.task_type, person]
                    for name, number in said.items():
                        sums[_PLACE_OF[name]] += times * number

    def save(self, table: type[DaySum] = DaySum) -> None:
        """Add it to the rows; under the lock of whoever folds."""
        changed = {_key(key): (key, sums) for key, sums in self.by_key.items() if any(sums)}
        for keys in _pieces(sorted(changed)):
            rows = table.objects.in_bulk(keys)
            for name in keys:
                (day, task_type, person), sums = changed[name]
                row = rows.get(name)
                if row is None:
                    row = table(key=name, day=day, task_type=task_type, person=person)
                    rows[name] = row
                _add(row, sums)
            table.objects.bulk_create(
                rows.values(), update_conflicts=True, unique_fields=["key"], update_fields=_COLUMNS
            )


def arrived(fact: Fact) -> dict[str, int]:
    """What a case adds to the day of its arrival."""
    return {"arrived": 1, "needed_person": int(fact.needs_person)}


def closed(fact: Fact) -> dict[str, int]:
    """What it adds to the day on which it ended: `reports.CLOSED`, of one fact."""
    people = bool(fact.decided_by)
    proposed = people and fact.proposal
    said = {
        "decided": people,
        "automatic": fact.automatic,
        "expired": fact.outcome == "expired",
        "cancelled": fact.outcome == "cancelled",
        "on_proposal": proposed,
        "unchanged": proposed and fact.outcome == "approved",
        **{kind: proposed and fact.override == kind for kind in KINDS},
        "raised_again": people and fact.raised_again,
        "reversed": fact.reversed,
        "in_time": fact.in_time is True,
        "with_deadline": fact.in_time is not None,
    }
    found = {name: 1 for name, counts in said.items() if counts}
    if people and fact.accept_ms is not None and fact.decide_ms is not None:
        found |= {
            "accept": histograms.of(fact.accept_ms),
            "decide": histograms.of(fact.decide_ms),
        }
    return found


def rebuild(facts: type[Fact] = Fact, table: type[DaySum] = DaySum) -> None:
    """Make them anew from the facts; under the lock of whoever folds."""
    table.objects.all().delete()
    for changes in _by_day(facts):
        changes.save(table)


def differing() -> list[str]:
    """The days, task types and people whose sums are not those of the facts; under the lock."""
    said: dict[Key, list[int]] = defaultdict(lambda: [0] * len(_COLUMNS))
    for changes in _by_day(Fact):
        for key, sums in changes.by_key.items():
            said[key] = list(map(add, said[key], sums))
    expected = {_key(key): sums for key, sums in said.items() if any(sums)}
    found = {row.key: _read(row) for row in DaySum.objects.iterator()}
    rows = {key: sums for key, sums in found.items() if any(sums)}
    return sorted(key for key in {*expected, *rows} if expected.get(key) != rows.get(key))


def _by_day(facts: type[Fact]) -> Iterator[Changes]:
    """Of the facts of one day of arrival at a time, so that few sums are in memory at once."""
    days = facts.objects.order_by("arrived_on").values_list("arrived_on", flat=True).distinct()
    for day in list(days):
        changes = Changes()
        for fact in facts.objects.filter(arrived_on=day).order_by().iterator():
            changes.add(fact, 1)
        yield changes


def _key(key: Key) -> str:
    day, task_type, person = key
    return f"{day} {task_type} {person}"


def _read(row: DaySum) -> list[int]:
    times = [histograms.read(bytes(getattr(row, name))) for name in TIMES]
    return [*(getattr(row, name) for name in COUNTS), *times]


def _add(row: DaySum, sums: Sequence[int]) -> None:
    values: Mapping[str, Any] = dict(zip(_COLUMNS, map(add, _read(row), sums), strict=True))
    for name, summed in values.items():
        # Where somebody changed a fact behind the record, less than nothing is left: folding goes
        # on, and `fold --check` names the sum.
        value = max(0, summed)
        setattr(row, name, histograms.stored(value) if name in TIMES else value)


def _pieces(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[at : at + AT_ONCE] for at in range(0, len(keys), AT_ONCE))
