"""API keys."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from escalations.agents import keys, registry
from escalations.models import ApiKey, Event
from escalations.record.lines import Actor
from escalations.refusals import Conflict, Invalid

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
BY = Actor("person", "ada")


@pytest.fixture
def agent(db):
    return registry.create("mira", now=NOW)


def made(agent, **options):
    return keys.create(agent, by=BY, now=NOW, **options)


def kinds():
    return list(
        Event.objects.filter(chain="keys").order_by("position").values_list("kind", flat=True)
    )


def test_create_keeps_only_prefix_and_hash(agent):
    key, text = made(agent, scopes=("policy", "escalations"), callback_hosts=["a.example"])

    prefix, secret = text[:12], text[13:56]
    assert key.prefix == prefix
    assert key.secret_sha256 == hashlib.sha256(secret.encode()).hexdigest()
    assert (key.scopes, key.callback_hosts) == (["escalations", "policy"], ["a.example"])
    assert len(text) == 62
    assert kinds() == ["created"]
    assert all(secret not in str(row) for row in ApiKey.objects.values())


@pytest.mark.parametrize("scopes", [(), ("everything",), ("escalations", "root")])
def test_create_refuses_unknown_scopes(agent, scopes):
    with pytest.raises(Invalid):
        made(agent, scopes=scopes)
    assert ApiKey.objects.count() == 0


@pytest.mark.parametrize(
    "host",
    ["http://shop.example", "shop.example/hook", "shop:80", "", "A.b", "xyz!!", "a..b", "*.b"],
)
def test_create_refuses_what_is_no_name_of_a_host(agent, host):
    with pytest.raises(Invalid, match="is no name of a host"):
        keys.create(agent, callback_hosts=["ok.example", host], by=BY, now=NOW)
    assert ApiKey.objects.count() == 0


def test_find(agent):
    key, text = made(agent)
    made(agent)

    assert keys.find(text, now=NOW) == key


def test_find_refuses_anything_else_alike(agent):
    _, text = made(agent)
    other = "A" if text[20] != "A" else "B"
    wrong_secret = text[:20] + other + text[21:56]
    unknown = "btn_AAAAAAAA_" + text[13:56]
    attempts = [
        *["", "btn_", text[:-1], text + "x", text.upper(), f" {text}", text[:-1] + "!"],
        wrong_secret + text[56:],
        wrong_secret + keys._checksum(wrong_secret[:12], wrong_secret[13:]),
        unknown + keys._checksum(unknown[:12], unknown[13:]),
    ]

    for attempt in attempts:
        with pytest.raises(keys.Unknown, match="Send a valid API key"):
            keys.find(attempt, now=NOW)


def test_find_refuses_a_key_that_ended(agent):
    key, text = made(agent, expires_at=NOW + timedelta(hours=1))
    assert keys.find(text, now=NOW + timedelta(minutes=59)) == key

    with pytest.raises(keys.Unknown):
        keys.find(text, now=NOW + timedelta(hours=1))


def test_find_refuses_a_revoked_key_and_a_disabled_agent(agent):
    key, text = made(agent)
    _, other = made(agent)
    keys.revoke(key, by=BY, now=NOW)
    keys.revoke(key, by=BY, now=NOW)
    with pytest.raises(keys.Unknown):
        keys.find(text, now=NOW)
    agent.disabled_at = NOW
    agent.save()

    with pytest.raises(keys.Unknown):
        keys.find(other, now=NOW)
    assert kinds() == ["created", "created", "revoked"]


def test_find_asks_the_database_only_for_what_may_be_a_key(agent, django_assert_num_queries):
    _, text = made(agent)
    keys.find(text, now=NOW)

    with django_assert_num_queries(1):
        keys.find(text, now=NOW)
    with django_assert_num_queries(0), pytest.raises(keys.Unknown):
        keys.find(text[:-1] + ("a" if text[-1] != "a" else "b"), now=NOW)


def test_use_is_noted_every_minute(agent):
    key, text = made(agent)

    noted = []
    for seconds in (0, 59, 60):
        keys.find(text, now=NOW + timedelta(seconds=seconds))
        key.refresh_from_db()
        noted.append(key.last_used_at)

    assert noted == [NOW, NOW, NOW + timedelta(minutes=1)]


def test_rotate_gives_a_like_key_and_lets_the_old_one_run_out(agent):
    key, text = made(agent, scopes=("metrics",), callback_hosts=["a.example"])

    fresh, fresh_text = keys.rotate(key, by=BY, now=NOW)

    assert (fresh.scopes, fresh.callback_hosts) == (["metrics"], ["a.example"])
    assert keys.find(text, now=NOW + timedelta(hours=23)) == key
    with pytest.raises(keys.Unknown):
        keys.find(text, now=NOW + timedelta(hours=24))
    assert keys.find(fresh_text, now=NOW + timedelta(hours=24)) == fresh
    assert kinds() == ["created", "created", "rotated"]


@pytest.mark.parametrize("days", [None, 30])
def test_a_key_in_place_of_another_has_as_long_a_life_as_that_was_given(agent, days):
    """Not what is left of it, nor of the day that a rotated one still works."""
    life = days and timedelta(days=days)
    key, _ = made(agent, expires_at=life and NOW + life)
    for day in (20, 20.5, 40):
        now = NOW + timedelta(days=day)
        fresh, _ = keys.rotate(key, by=BY, now=now)
        assert (fresh.lifetime, fresh.expires_at) == (life, life and now + life)
        key = key if day == 20 else fresh


def test_rotate_refuses_a_key_that_ended(agent):
    key, _ = made(agent)
    keys.revoke(key, by=BY, now=NOW)

    with pytest.raises(Conflict):
        keys.rotate(key, by=BY, now=NOW)
    assert ApiKey.objects.count() == 1
