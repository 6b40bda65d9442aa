import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from console import clock
from console.database.commands import MigratedCommand
from escalations.agents import keys, registry
from escalations.deliveries import signing
from escalations.models import Agent
from escalations.record.lines import Actor
from escalations.refusals import Refused

OPERATOR = Actor("operator", "manage.py")


class Command(MigratedCommand):
    help = "Makes an agent, or one more key for it, and prints the key this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME")
        parser.add_argument(
            "--scope", action="append", choices=keys.SCOPES, help="escalations, if none is named"
        )
        parser.add_argument(
            "--callback-host",
            action="append",
            default=[],
            metavar="HOST",
            help="a host that a package's callback.url may name",
        )
        parser.add_argument("--json", action="store_true", help="for scripts")

    @transaction.atomic
    def handle(
        self, *, name: str, scope: list[str] | None, callback_host: list[str], **options: Any
    ) -> None:
        now = clock.now()
        try:
            there = Agent.objects.called(name)
            agent = there or registry.create(name, by=OPERATOR, now=now)
            key, text = keys.create(
                agent,
                scopes=scope or ["escalations"],
                callback_hosts=callback_host,
                by=OPERATOR,
                now=now,
            )
        except Refused as refusal:
            raise CommandError(refusal.detail) from refusal
        if there:
            self.stderr.write(f"{there} is there already: this is one more key for it.")
        if options["json"]:
            self.stdout.write(json.dumps(_document(agent, key.scopes, text)))
        else:
            self.stdout.write(f"The key of {agent} ({', '.join(key.scopes)}), shown this once:")
            self.stdout.write(text)
            self.stdout.write(f"Webhooks to its callback.url are signed with:\n{_secret(agent)}")


def _document(agent: Agent, scopes: list[str], text: str) -> dict[str, Any]:
    return {"agent": agent.name, "key": text, "scopes": scopes, "webhook_secret": _secret(agent)}


def _secret(agent: Agent) -> str:
    return signing.opened(agent.signing_secret) if agent.signing_secret else ""
