"""Agents: software that asks."""

from datetime import datetime

from django.db import IntegrityError, transaction

from escalations import signing
from escalations.models import Agent
from escalations.refusals import Fault, Invalid

NAME_MAX = 255


def create(name: str, *, now: datetime) -> Agent:
    """A new agent with a secret for its webhooks. Raises Invalid for a name taken or unusable."""
    name = name.strip()
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise _invalid(f"A name has 1 to {NAME_MAX} printable characters.")
    try:
        with transaction.atomic():
            secret = signing.sealed(signing.new_secret())
            return Agent.objects.create(name=name, signing_secret=secret, created_at=now)
    except IntegrityError as error:
        raise _invalid(f"There is already an agent called {name}.") from error


def _invalid(detail: str) -> Invalid:
    return Invalid(detail, errors=[Fault("/name", detail)])
