"""`manage.py simulate`: an agent that escalates and receives the answers."""

import asyncio
import json
import signal
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from console import environment
from console.demo import people
from console.simulation import colleagues, credentials, receiver, sources
from console.simulation.agent import Happening, Simulation, Summary
from console.simulation.sources import Source

RATE, AT_ONCE = 6.0, 30


class Command(BaseCommand):
    help = "Escalate over the API of a running server, wait for the answers, report what was done."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rate", type=float, metavar="PER_MINUTE", help="6; a file: at once")
        parser.add_argument("--count", type=int, help="stop after so many packages")
        parser.add_argument("--file", type=Path, help="one package per line, instead of the demo's")
        parser.add_argument(
            "--at-once", type=int, help="at most so many unanswered (30; a file: all)"
        )
        parser.add_argument("--url", default=settings.BATON_URL, help="the server (BATON_URL)")
        parser.add_argument("--key", help="an agent's key (BATON_KEY); embedded: made by itself")
        parser.add_argument(
            "--receiver", type=int, metavar="PORT", help="show what one agent's webhooks bring"
        )
        parser.add_argument("--json", action="store_true", help="a JSON object per line")

    def handle(self, *, file: Path | None, count: int | None, **options: Any) -> None:
        try:
            source = sources.from_file(file) if file else sources.from_demo(Random())  # noqa: S311
        except sources.Unreadable as error:
            raise CommandError(str(error)) from None
        given = options["key"] or environment.read_for_commands().key
        with self._keys(given) as keys, self._receiver(options["receiver"]):
            summary = asyncio.run(self._run(source, count, keys, options))
        self._sum_up(summary, as_json=options["json"])
        if summary.refused or summary.invalid:
            raise CommandError("Not every package was accepted and answered as it should be.")

    def _keys(self, given: str) -> AbstractContextManager[Mapping[str, str]]:
        if given:
            return nullcontext({"": given})
        elif settings.ENVIRONMENT.scaled:
            raise CommandError("Give a key: --key or BATON_KEY, made by manage.py create_agent.")
        else:
            return credentials.borrowed()

    @contextmanager
    def _receiver(self, port: int | None) -> Iterator[None]:
        if port is None or settings.ENVIRONMENT.scaled:
            yield
            return
        with receiver.listening(people.AGENTS[0], port) as there:
            address = there[0] if there else ""
            self.stdout.write(f"Webhooks are received at {address}" if there else "No receiver.")
            yield

    async def _run(
        self, source: Source, count: int | None, keys: Mapping[str, str], options: dict[str, Any]
    ) -> Summary:
        wanted = source.count if count is None else count
        endless = source.count is None
        simulation = Simulation(
            options["url"].rstrip("/"),
            keys,
            rate_per_minute=options["rate"] or (RATE if endless else None),
            at_once=options["at_once"] or (AT_ONCE if endless else source.count or 1),
            tell=lambda told: self._told(told, simulation.summary, wanted, as_json=options["json"]),
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, simulation.stop)
        packages = source.packages if len(keys) > 1 else _all_by_one(source)
        beside = asyncio.create_task(self._colleagues(options) if endless else _nobody())
        try:
            return await simulation.run(packages, wanted)
        finally:
            beside.cancel()
            await asyncio.gather(beside, return_exceptions=True)

    async def _colleagues(self, options: dict[str, Any]) -> None:
        """The people of the demo world, where this process may look into its database."""
        if not settings.ENVIRONMENT.scaled:
            await colleagues.work(options["url"].rstrip("/"), Random(), self.stdout.write)  # noqa: S311

    def _told(
        self, told: Happening, summary: Summary, wanted: int | None, *, as_json: bool
    ) -> None:
        if as_json:
            line = {"event": told.event, "case": told.case, **told.facts}
            self.stdout.write(json.dumps(line, ensure_ascii=False))
        else:
            self.stdout.write(f"{told.case}  {told.sentence}")
        self.stdout.flush()
        if self.stderr.isatty():
            of = f" of {wanted:,}" if wanted else ""
            self.stderr.write(f"\r{summary.answered:,}{of} answered ", ending="")

    def _sum_up(self, summary: Summary, *, as_json: bool) -> None:
        document = summary.document()
        if as_json:
            self.stdout.write(json.dumps({"event": "summary", **document}))
            return
        outcomes = ", ".join(f"{count} {word}" for word, count in summary.decided.most_common())
        self.stdout.write(
            f"{document['posted']} posted, {document['answered']} answered "
            f"({outcomes or 'none'}), {document['waiting']} still waiting, "
            f"{document['refused']} refused, {document['took_s']} s."
        )


async def _nobody() -> None:
    """A file is answered by whoever is there."""


def _all_by_one(source: Source) -> Any:
    """With one key only, every package is posted by its agent."""
    return (("", sources.nameless(package)) for _, package in source.packages)
