"""`manage.py create_person`: somebody who can sign in; the first admin comes from here."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from getpass import getpass
from typing import Any

from django.core.management.base import CommandError

from console import clock, environment
from console.database.commands import MigratedCommand
from console.models import Role
from console.people import managing
from escalations.record.lines import Actor
from escalations.refusals import Refused

OPERATOR = Actor("operator", "manage.py")


class Command(MigratedCommand):
    help = "Make an account. The password comes from BATON_PASSWORD or the prompt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="USERNAME")
        parser.add_argument("--role", choices=Role.values, required=True)
        parser.add_argument("--name", default="", help="as it stands on screen: 'Dana Whitlock'")
        parser.add_argument(
            "--skill", action="append", default=[], type=_skill, metavar="NAME:PROFICIENCY"
        )
        parser.add_argument("--json", action="store_true", help="for scripts")

    def handle(
        self, *, username: str, role: str, name: str, skill: list[tuple[str, int]], **options: Any
    ) -> None:
        first, _, last = name.strip().partition(" ")
        try:
            user, _ = managing.create(
                username,
                role=role,
                first_name=first,
                last_name=last.strip(),
                password=environment.read_for_commands().password or _asked(),
                skills=dict(skill),
                by=OPERATOR,
                now=clock.now(),
            )
        except Refused as refused:
            raise CommandError(refused.detail) from refused
        document = {"username": user.username, "role": user.role, "skills": dict(skill)}
        said = f"{user.name} can sign in as {user.username} ({user.role})."
        self.stdout.write(json.dumps(document) if options["json"] else said)


def _skill(text: str) -> tuple[str, int]:
    name, colon, grade = text.rpartition(":")
    if not colon or grade not in set("012345"):
        raise ArgumentTypeError(f"{text} is not NAME:PROFICIENCY with 0 to 5")
    return name, int(grade)


def _asked() -> str:
    try:
        password, again = getpass("Password: "), getpass("Once more: ")
    except EOFError:
        raise CommandError("Set BATON_PASSWORD, or run this on a terminal.") from None
    if password != again:
        raise CommandError("The two passwords differ.")
    return password
