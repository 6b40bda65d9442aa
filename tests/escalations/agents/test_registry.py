"""Agents."""

from datetime import UTC, datetime

import pytest

from escalations.agents import registry
from escalations.deliveries import signing
from escalations.models import Agent
from escalations.refusals import Fault, Invalid

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def test_create_gives_a_sealed_webhook_secret(db):
    agent = registry.create(" mira ", now=NOW)

    assert agent.name == "mira"
    assert signing.opened(agent.signing_secret).startswith("whsec_")
    assert "whsec_" not in agent.signing_secret


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("", "A name has 1 to 255 printable characters."),
        ("x" * 256, "A name has 1 to 255 printable characters."),
        ("a\nb", "A name has 1 to 255 printable characters."),
        ("mira", "There is already an agent called mira."),
        (" MIRA ", "There is already an agent called mira."),
    ],
)
def test_create_refuses_names(db, name, detail):
    registry.create("mira", now=NOW)

    with pytest.raises(Invalid) as refusal:
        registry.create(name, now=NOW)

    assert refusal.value.errors == [Fault("/name", detail)]
    assert Agent.objects.count() == 1
