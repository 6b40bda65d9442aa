"""`manage.py doctor`: what Baton found, and what is missing."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console import condition


class Command(BaseCommand):
    help = "Look at what Baton stands on and at what leaves it; exit status 1 if one is not well."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="One JSON document.")

    def handle(self, *, json: bool, **options: Any) -> None:
        findings = condition.everything()
        self.stdout.write(_document(findings) if json else _words(findings))
        missing = [finding.part for finding in findings if not finding.ok]
        if missing:
            raise CommandError(f"Not well: {', '.join(missing)}.")


def _document(findings: list[condition.Check]) -> str:
    parts = [asdict(finding) for finding in findings]
    return json.dumps({"ok": all(finding.ok for finding in findings), "parts": parts})


def _words(findings: list[condition.Check]) -> str:
    return "\n".join(
        f"{'ok ' if finding.ok else 'NOT'}  {finding.part:<10}  {finding.sentence}"
        for finding in findings
    )
