"""`manage.py fold`: brings the figures up to the record, makes them anew, or checks them."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError

from console import clock
from console.database.commands import MigratedCommand
from escalations.models import Escalation
from metrics import fold
from metrics.models import Fact

# `raised_again` is judged by other rows, which `misjudged` compares.
UNCOMPARED = frozenset({"_state", "raised_again"})


class Command(MigratedCommand):
    help = "Fold the record into the facts behind the figures. Safe at any time, and twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        action = parser.add_mutually_exclusive_group()
        action.add_argument("--rebuild", action="store_true", help="make every row anew")
        action.add_argument(
            "--check", action="store_true", help="only compare; exit status 1 where rows differ"
        )
        parser.add_argument("--json", action="store_true", help="for scripts")

    def handle(self, *, rebuild: bool, check: bool, **options: Any) -> None:
        differing: list[str] = []
        sums: list[str] = []
        total = Escalation.objects.count()
        if rebuild or check:
            for numbers in self._batches(total):
                before = Fact.objects.in_bulk(numbers)
                # The rows first: of the record there is only ever more.
                after = fold.write(numbers) if rebuild else fold.due(before, numbers, clock.now())
                differing += _differing(before, after)
            differing += fold.misjudged().values_list("chain", flat=True)
            sums = fold.differing_sums()
            if rebuild:
                fold.rebuild_sums()
        else:
            fold.catch_up(batches=sys.maxsize)
        if check and (differing or sums):
            raise CommandError(
                f"{len(differing)} rows differ from the record: {differing[:5]};"
                f" {len(sums)} daily sums differ from the rows: {sums[:5]}"
            )
        answer = {"escalations": total, "differing": len(differing)}
        self.stdout.write(json.dumps(answer) if options["json"] else _sentence(answer))

    def _batches(self, total: int) -> Iterator[list[int]]:
        last, done = 0, 0
        numbers = Escalation.objects.order_by("number").values_list("number", flat=True)
        while batch := list(numbers.filter(number__gt=last)[: fold.BATCH]):
            yield batch
            last, done = batch[-1], done + len(batch)
            if self.stderr.isatty():
                self.stderr.write(f"\r{done:,} of {total:,} ", ending="")


def _differing(before: dict[int, Fact], after: list[Fact]) -> list[str]:
    """Ids of the cases whose row was missing or said something else."""
    return [row.chain for row in after if _said(before.get(row.pk)) != _said(row)]


def _said(row: Fact | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {name: value for name, value in vars(row).items() if name not in UNCOMPARED}


def _sentence(answer: dict[str, int]) -> str:
    return f"{answer['escalations']:,} escalations folded; {answer['differing']:,} rows differed."
