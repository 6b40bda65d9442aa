"""`manage.py policy`: the policy as a file, for review in git and for scripts."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import orjson
from django.contrib.auth import get_user_model
from django.core.management.base import CommandError

from console import clock
from console.database.commands import MigratedCommand
from escalations import access, ports
from escalations.access import Viewer
from escalations.policy import check, difference, staffing, versions
from escalations.policy.document import PolicyDocument
from escalations.record.lines import Actor
from escalations.refusals import Invalid, Refused

UNSTAFFED = "also where it newly asks for what nobody who decides can do"
COMMAND = Actor("command", "manage.py policy")


class Command(MigratedCommand):
    help = "Export, check, import, compare or roll back the policy."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        export = actions.add_parser("export", help="print the policy, or write it to a file")
        export.add_argument("number", nargs="?", type=int, help="an older version")
        export.add_argument("--output", type=Path, help="a file to write instead of printing")
        check = actions.add_parser("check", help="check a file and name every fault")
        check.add_argument("file", help="a file, or - for standard input")
        check.add_argument("--allow-unstaffed", action="store_true", help=UNSTAFFED)
        load = actions.add_parser("import", help="publish a file as the next version")
        load.add_argument("file", help="a file, or - for standard input")
        load.add_argument("--allow-unstaffed", action="store_true", help=UNSTAFFED)
        load.add_argument("--expected", type=int, help="refuse unless this version is in force")
        diff = actions.add_parser("diff", help="tell the difference in sentences")
        diff.add_argument("first", help="a version number, or a file")
        diff.add_argument("second", nargs="?", help="the same; otherwise the policy in force")
        back = actions.add_parser("rollback", help="make an older version current again")
        back.add_argument("number", type=int)
        for changing in (load, back):
            changing.add_argument("--note", default="", help="why, for the history")
            changing.add_argument("--by", help="username of the admin who does it")
        for action in (export, check, load, diff, back):
            action.add_argument("--json", action="store_true", help="answer in JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        actions = {
            "export": self._export,
            "check": self._check,
            "import": self._import,
            "diff": self._diff,
            "rollback": self._rollback,
        }
        try:
            actions[options["action"]](options)
        except Invalid as refused:
            self._faults(refused, in_json=options["json"])
        except Refused as refused:
            raise CommandError(refused.detail) from refused

    def _export(self, options: dict[str, Any]) -> None:
        number = options["number"]
        version = versions.version(versions.current().number if number is None else number)
        text = orjson.dumps(version.document, option=orjson.OPT_INDENT_2).decode()
        if options["output"]:
            options["output"].write_text(f"{text}\n", encoding="utf-8")
            self._say(options, f"Version {version.number} written to {options['output']}.",
                      number=version.number)  # fmt: skip
        else:
            self.stdout.write(text)

    def _check(self, options: dict[str, Any]) -> None:
        document = _read(options["file"])
        if not options["allow_unstaffed"]:
            ports.require_staffed(versions.current().document, document)
        count = len(document.task_types)
        remarks = staffing.remarks(document, ports.staff())
        told = [f"{one.pointer}: {one.detail}" for one in remarks]
        if told:
            told = ["For the people there are now:", *told]
        said = "\n".join([f"The policy is valid: {count} task types.", *told])
        listed = [{"pointer": one.pointer, "detail": one.detail} for one in remarks]
        self._say(options, said, valid=True, **({"remarks": listed} if listed else {}))

    def _import(self, options: dict[str, Any]) -> None:
        document, in_force = _read(options["file"]), versions.current()
        expected = in_force.number if options["expected"] is None else options["expected"]
        made = versions.publish(
            document,
            by=_by(options),
            note=options["note"],
            now=clock.now(),
            expected=expected,
            guard=None if options["allow_unstaffed"] else ports.require_staffed,
        )
        changes = difference.sentences(in_force.document, document)
        told = f"Version {made.number} is in force."
        self._say(options, "\n".join([told, *changes]), number=made.number, changes=changes)

    def _diff(self, options: dict[str, Any]) -> None:
        first = _named(options["first"])
        second = _named(options["second"]) if options["second"] else versions.current().document
        if options["second"] is None and not options["first"].isdigit():
            first, second = second, first
        changes = difference.sentences(first, second)
        self._say(options, "\n".join(changes) or "No difference.", changes=changes)

    def _rollback(self, options: dict[str, Any]) -> None:
        in_force = versions.current().number
        made = versions.restore(
            options["number"],
            by=_by(options),
            note=options["note"],
            now=clock.now(),
            expected=in_force,
        )
        told = f"Version {made.number} is in force: it says what version {made.restores} said."
        self._say(options, told, number=made.number, restores=made.restores)

    def _say(self, options: dict[str, Any], sentence: str, **facts: object) -> None:
        self.stdout.write(json.dumps(facts) if options["json"] else sentence)

    def _faults(self, refused: Invalid, *, in_json: bool) -> None:
        faults = [{"pointer": fault.pointer, "detail": fault.detail} for fault in refused.errors]
        if in_json:
            self.stdout.write(json.dumps({"detail": refused.detail, "errors": faults}))
            sys.exit(1)
        lines = [f"{fault['pointer'] or '/'}: {fault['detail']}" for fault in faults]
        raise CommandError("\n".join([refused.detail, *lines]))


def _read(name: str) -> PolicyDocument:
    try:
        text = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"The file cannot be read: {error}") from error
    return check.parse(text)


def _named(name: str) -> PolicyDocument:
    if name.isdigit():
        return versions.document(versions.version(int(name)))
    else:
        return _read(name)


def _by(options: dict[str, Any]) -> Viewer | Actor:
    if options["by"] is None:
        return COMMAND
    person = get_user_model().objects.filter(username=options["by"], is_active=True).first()
    viewer = access.viewer_of(person) if person else None
    if viewer is None or viewer.role != "admin":
        raise CommandError(f"{options['by']} is not an admin.")
    return viewer
