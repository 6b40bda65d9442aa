import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from console import clock
from console.database.commands import MigratedCommand
from escalations.deliveries import screen
from escalations.deliveries.outbox import outbox_of, outboxes
from escalations.models import Delivery, Outgoing
from escalations.record.lines import Actor, timestamp
from escalations.refusals import Refused

LISTED = 100
OPERATOR = Actor("operator", "manage.py")


class Command(MigratedCommand):
    help = "Lists what has not reached its receiver, and sends dead letters again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        listing = commands.add_parser("list", help="dead letters and what is still being tried")
        listing.add_argument("--state", choices=Outgoing.State.values, help="only these")
        listing.add_argument("--limit", type=int, default=LISTED)
        listing.add_argument("--json", action="store_true", help="one object on each line")
        retry = commands.add_parser("retry", help="send again, under the same id")
        retry.add_argument("ids", nargs="*", metavar="ID", help="ids that `list` shows")
        retry.add_argument("--all", action="store_true", help="every dead letter")
        retry.add_argument("--json", action="store_true", help="one object on each line")

    def handle(self, *, command: str, **options: Any) -> None:
        if command == "list":
            self.show(**options)
        else:
            self.send_again(**options)

    def show(self, *, state: str | None, limit: int, json: bool, **_: Any) -> None:
        states = [state] if state else [Outgoing.State.DEAD, Outgoing.State.DUE]
        for row in screen.newest(states, limit):
            self.stdout.write(_as_json(row) if json else _as_line(row))

    def send_again(self, *, ids: list[str], json: bool, **options: Any) -> None:
        everything = options["all"]
        if bool(ids) == everything:
            raise CommandError("Name the ids to send again, or say --all.")
        if everything:
            ids = [one for box in outboxes() for one in box.dead()]
        refused = [one for one in ids if not self.sent_again(one, as_json=json)]
        if refused:
            raise CommandError(f"{len(refused)} of {len(ids)} cannot be sent again.")

    def sent_again(self, row_id: str, *, as_json: bool) -> bool:
        try:
            row = outbox_of(row_id).replay(row_id, by=OPERATOR, now=clock.now())
        except Refused as refusal:
            self.stderr.write(f"{row_id}: {refusal.detail}")
            return False
        self.stdout.write(_as_json(row) if as_json else f"{row_id}: is sent again.")
        return True


def _as_line(row: Outgoing) -> str:
    case = row.case.case_number if row.case else "no case"
    tried = f"{row.attempts} tried, {row.last_error or 'no answer yet'}"
    return f"{row.id}  {row.state}  {case}  {row.what}  {row.address}  {tried}"


def _as_json(row: Outgoing) -> str:
    document = {
        "id": row.id,
        "state": row.state,
        "agent": row.agent.name if isinstance(row, Delivery) else None,
        "escalation": row.case.id if row.case else None,
        "type": row.what,
        "url": row.address,
        "attempts": row.attempts,
        "last_status": row.last_status,
        "last_error": row.last_error,
        "created_at": timestamp(row.created_at),
        "next_at": timestamp(row.next_at) if row.state == "due" else None,
    }
    return json.dumps(document, ensure_ascii=False)
