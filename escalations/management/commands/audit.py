import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from typing import Any

from console import clock
from console.database.commands import MigratedCommand
from escalations.models import Event
from escalations.record import audit, protection, seals
from escalations.record.chains import Finding, as_far


class Command(MigratedCommand):
    help = "Checks the record: every chain, and that the rows beside it agree with it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        verify = commands.add_parser("verify", help="exit status 0 only when all is well")
        verify.add_argument("chain", nargs="?", help="one chain, such as the id of an escalation")
        verify.add_argument("--json", action="store_true", help="for scripts")
        verify.add_argument(
            "--kept",
            type=_kept,
            metavar="ENTRY:HASH",
            help="a seal that was printed earlier and kept elsewhere; it must still be there",
        )
        seal = commands.add_parser("seal", help="seal now what moved since the last seal")
        protect = commands.add_parser("protect", help="install the triggers of the record anew")
        for other in (seal, protect):
            other.set_defaults(chain=None, json=False, kept=None)

    def handle(
        self,
        *,
        command: str,
        chain: str | None,
        json: bool,
        kept: tuple[int, str] | None,
        **options: Any,
    ) -> None:
        if command == "seal":
            seals.seal(clock.now())
            self.stdout.write(_told(seals.head()))
            return
        if command == "protect":
            protection.install()
            self.stdout.write("The database refuses to change the record.")
            return
        quiet = json or not sys.stderr.isatty()
        # Before the reading, so that it names what the reading covered.
        last, unread = _last_seal()
        result = audit.verify(chain, progress=None if quiet else self.progress)
        if kept is not None:
            result.findings += as_far(seals.CHAIN, _agrees(*kept))
        # Where it cannot be read, `verify` has named it.
        if chain is None and not unread and (stalled := seals.stalled(clock.now())):
            result.findings.append(Finding(seals.CHAIN, stalled))
        if json:
            self.stdout.write(_as_json(result, last))
        else:
            self.tell(result, quiet=quiet)
            self.stdout.write("The last seal cannot be read." if unread else _told(last))
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
        entries = _counted(result.entries, "entry", "entries")
        counted = f"{entries} in {_counted(result.chains, 'chain')}"
        if result.whole:
            self.stdout.write(f"The record is whole: {counted} match.")
        else:
            faults = _counted(len(result.findings), "fault")
            self.stdout.write(f"The record is not whole: {faults} in {counted}.")


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"


def _kept(text: str) -> tuple[int, str]:
    position, _, digest = text.partition(":")
    if not position.isdigit() or not digest:
        raise ArgumentTypeError("Write the number of the entry, a colon and its hash.")
    return int(position), digest


def _last_seal() -> tuple[Event | None, bool]:
    """The last seal, and whether it cannot be read."""
    try:
        return seals.head(), False
    # As in `as_far`.
    except Exception:
        return None, True


def _agrees(position: int, digest: str) -> Iterator[Finding]:
    if fault := seals.agrees(position, digest):
        yield fault


def _told(last: Event | None) -> str:
    if last is None:
        return "There is no seal yet."
    return f"The last seal, of {last.at:%Y-%m-%d %H:%M} UTC, is {last.position}:{last.hash}"


def _as_json(result: audit.Verification, last: Event | None) -> str:
    findings = [
        {"chain": found.chain, "position": found.position, "sentence": found.sentence}
        for found in result.findings
    ]
    document = {"whole": result.whole, "chains": result.chains, "entries": result.entries}
    seal = (
        {"position": last.position, "at": last.at.isoformat(), "hash": last.hash} if last else None
    )
    return json.dumps(document | {"findings": findings, "seal": seal}, ensure_ascii=False)
