import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from escalations.record import audit


class Command(BaseCommand):
    help = "Checks the record: every chain, and that decisions and packages agree with it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        verify = commands.add_parser("verify", help="exit status 0 only when all is well")
        verify.add_argument("chain", nargs="?", help="one chain, such as the id of an escalation")
        verify.add_argument("--json", action="store_true", help="for scripts")

    def handle(self, *, chain: str | None, json: bool, **options: Any) -> None:
        quiet = json or not sys.stderr.isatty()
        result = audit.verify(chain, progress=None if quiet else self.progress)
        if json:
            self.stdout.write(_as_json(result))
        else:
            self.tell(result, quiet=quiet)
        if not result.whole:
            sys.exit(1)

    def progress(self, done: int, total: int) -> None:
        width = 30 * done // max(total, 1)
        self.stderr.write(f"\r[{'#' * width:<30}] {done:,} of {total:,} chains", ending="")

    def tell(self, result: audit.Verification, *, quiet: bool) -> None:
        if not quiet:
            self.stderr.write("")
        for finding in result.findings:
            self.stdout.write(str(finding))
        counted = f"{result.entries:,} entries in {result.chains:,} chains"
        if result.whole:
            self.stdout.write(f"The record is whole: {counted} match.")
        else:
            self.stdout.write(
                f"The record is not whole: {len(result.findings):,} faults in {counted}."
            )


def _as_json(result: audit.Verification) -> str:
    findings = [
        {"chain": found.chain, "position": found.position, "sentence": found.sentence}
        for found in result.findings
    ]
    document = {"whole": result.whole, "chains": result.chains, "entries": result.entries}
    return json.dumps(document | {"findings": findings}, ensure_ascii=False)
