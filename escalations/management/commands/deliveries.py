import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console import clock
from escalations.deliveries import sending
from escalations.models import Delivery
from escalations.record.lines import Actor, timestamp
from escalations.refusals import Refused

LISTED = 100
OPERATOR = Actor("operator", "manage.py")


class Command(BaseCommand):
    help = "Lists what has not reached its receiver, and sends dead letters again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        listing = commands.add_parser("list", help="dead letters and what is still being tried")
        listing.add_argument("--state", choices=Delivery.State.values, help="only these")
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
        states = [state] if state else [Delivery.State.DEAD, Delivery.State.DUE]
        found = Delivery.objects.filter(state__in=states).select_related("agent", "escalation")
        for delivery in found.order_by("-created_at", "-id")[:limit]:
            self.stdout.write(_as_json(delivery) if json else _as_line(delivery))

    def send_again(self, *, ids: list[str], json: bool, **options: Any) -> None:
        everything = options["all"]
        if bool(ids) == everything:
            raise CommandError("Name the ids to send again, or say --all.")
        if everything:
            dead = Delivery.objects.filter(state=Delivery.State.DEAD).order_by("created_at", "id")
            ids = [*dead.values_list("id", flat=True)]
        refused = [one for one in ids if not self.sent_again(one, as_json=json)]
        if refused:
            raise CommandError(f"{len(refused)} of {len(ids)} cannot be sent again.")

    def sent_again(self, delivery_id: str, *, as_json: bool) -> bool:
        try:
            delivery = sending.replay(delivery_id, by=OPERATOR, now=clock.now())
        except Refused as refusal:
            self.stderr.write(f"{delivery_id}: {refusal.detail}")
            return False
        self.stdout.write(_as_json(delivery) if as_json else f"{delivery_id}: is sent again.")
        return True


def _as_line(delivery: Delivery) -> str:
    case = delivery.escalation.case_number if delivery.escalation else "no case"
    tried = f"{delivery.attempts} tried, {delivery.last_error or 'no answer yet'}"
    return f"{delivery.id}  {delivery.state}  {case}  {delivery.kind}  {delivery.url}  {tried}"


def _as_json(delivery: Delivery) -> str:
    document = {
        "id": delivery.id,
        "state": delivery.state,
        "agent": delivery.agent.name,
        "escalation": delivery.escalation.id if delivery.escalation else None,
        "type": delivery.kind,
        "url": delivery.url,
        "attempts": delivery.attempts,
        "last_status": delivery.last_status,
        "last_error": delivery.last_error,
        "created_at": timestamp(delivery.created_at),
        "next_at": timestamp(delivery.next_at) if delivery.state == "due" else None,
    }
    return json.dumps(document, ensure_ascii=False)
