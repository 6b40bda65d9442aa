"""People, agents and cases for tests, made through the real doors."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from console.models import User
from console.people.viewers import viewer_of
from escalations import intake
from escalations.access import Viewer
from escalations.models import Agent, ApiKey, Escalation
from routing.people import roster, units

NOW = datetime(2026, 11, 19, 14, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
REFUND = {
    "task_type": "refund",
    "summary": "Refund €184.00 to Inès Carvalho for a grinder that arrived broken",
    "trigger": {"type": "high_risk_action", "reason": "The refund is €134.00 above the limit."},
    "proposed_actions": [
        {
            "id": "a1",
            "name": "refund",
            "args": {"order_id": "HP-20931", "amount": "184.00", "currency": "EUR"},
        }
    ],
    "draft_response": {"text": "Dear Inès, we have refunded €184.00 to your card."},
    "context": {"customer": {"name": "Inès Carvalho"}, "reasoning": {"confidence": 0.62}},
}


def person(
    username: str = "dana", role: str = "reviewer", skills: dict[str, int] | None = None
) -> User:
    """Somebody who can sign in with `PASSWORD`."""
    first, last = f"{username.title()} Whitlock".split()
    user = User.objects.create_user(
        username, password=PASSWORD, role=role, first_name=first, last_name=last
    )
    units.provide(user)
    roster.grade(user, skills or {})
    return user


def viewer(username: str = "dana", role: str = "reviewer", **skills: int) -> Viewer:
    return viewer_of(person(username, role, skills))


def key(name: str = "mira", scopes: tuple[str, ...] = ("escalations",)) -> ApiKey:
    """An agent's key; its secret is known to nobody, so use it with the rules, not over HTTP."""
    agent, _ = Agent.objects.get_or_create(name=name, defaults={"created_at": NOW})
    number = ApiKey.objects.count()
    return ApiKey.objects.create(
        agent=agent,
        prefix=f"test{number}",
        secret_sha256=f"{number:064}",
        scopes=list(scopes),
        created_at=NOW,
    )


def escalation(
    package: dict[str, Any] | None = None,
    *,
    by: ApiKey | None = None,
    now: datetime = NOW,
    **keys: Any,
) -> Escalation:
    """A case as an agent's POST makes it; `keys` replace those of a refund."""
    document = (package or REFUND) | keys
    body = json.dumps(document, ensure_ascii=False).encode()
    return intake.accept(by or key(), body, now=now).escalation


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)
