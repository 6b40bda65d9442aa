"""Nothing that is read from the database can bring code along."""

import base64
import os
import pickle
from datetime import timedelta
from pathlib import Path

import pytest
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings as project
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from console.celery import app
from console.models import TriedSignIn
from console.people import tried
from tests.factories import PASSWORD, person

ROOT = Path(__file__).resolve().parents[3]


class Thief:
    """Runs a command wherever it is unpickled."""

    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


@pytest.mark.django_db
def test_a_pickle_in_the_table_is_not_executed(tmp_path):
    person("dana")
    page = {"login": "dana", "password": "wrong"}
    Client().post("/accounts/login/", page)
    proof = tmp_path / "proof"
    stolen = pickle.dumps(Thief(f"touch {proof}"))
    later = timezone.now() + timedelta(days=1)
    assert TriedSignIn.objects.update(value=base64.b64encode(stolen).decode(), expires=later)
    assert "do not match" in Client().post("/accounts/login/", page).content.decode()
    assert not proof.exists()
    assert Client().post("/accounts/login/", page | {"password": PASSWORD}).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "true",
        "7",
        '{"a":1}',
        '["x"]',
        "[[1]]",
        "[{}]",
        "[" * 5000,
        "NaN",
        "null",
        "gASVAA==",
    ],
)
def test_a_row_of_another_shape_counts_as_not_there(text):
    person("dana")
    Client().post("/accounts/login/", {"login": "dana", "password": "wrong"})
    TriedSignIn.objects.update(value=text)
    assert all(cache.get(row.pk) is None for row in TriedSignIn.objects.all())
    answer = Client().post("/accounts/login/", {"login": "dana", "password": "wrong"})
    assert "do not match" in answer.content.decode()


@pytest.mark.django_db
def test_counts_are_kept_until_they_are_over():
    cache.set("a", [2.5, 1], 60)
    cache.set("a", [3.5, 2.5], 60)
    assert cache.get("a") == [3.5, 2.5]
    assert [cache.add("b", "y", 60) for _ in range(2)] == [True, False]
    assert cache.touch("b", 600)
    assert not cache.touch("c", 600)
    TriedSignIn.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert (cache.get("a", 7), cache.get("b")) == (7, None)
    assert cache.add("b", True, None)
    assert not cache.add("b", True, None)
    assert [cache.delete("b") for _ in range(2)] == [True, False]
    cache.clear()
    assert not TriedSignIn.objects.exists()


@pytest.mark.django_db
def test_a_flood_forgets_what_is_over_first(monkeypatch):
    monkeypatch.setattr(tried, "ROWS_MAX", 10)
    for number in range(10):
        cache.set(f"over{number}", 1, -5)
    cache.set("counts", [1], 60)
    cache.set("more", [1], 60)
    assert TriedSignIn.objects.count() == 2
    for number in range(30):
        cache.set(f"new{number}", [1], 90)
    assert TriedSignIn.objects.count() <= 11
    assert cache.get("new29") == [1]


def test_no_setting_names_pickle():
    said = {name: repr(getattr(project, name)) for name in dir(project) if name.isupper()}
    assert not [name for name, value in said.items() if "pickle" in value.lower()]
    backends = {one["BACKEND"] for one in project.CACHES.values()}
    assert backends == {"console.people.tried.TriedSignIns"}
    assert SessionStore().serializer.__name__ == "JSONSerializer"
    assert signing.JSONSerializer.__name__ in project.SESSION_SERIALIZER
    # What Celery takes in, whatever it was told to send.
    assert list(app.conf.accept_content) == ["json"]
    assert (app.conf.task_serializer, app.conf.result_serializer) == ("json", "json")
    assert app.conf.result_accept_content in (None, ["json"])
    assert RedisPubSubChannelLayer(hosts=["redis://x"]).serialize({"a": 1, "b": 2})[:1] == b"\x82"


def test_no_code_of_ours_unpickles():
    code = [
        path
        for app in ("console", "escalations", "metrics", "routing")
        for path in (ROOT / app).rglob("*.py")
    ]
    # Nothing is read from one; equal values are told by how they would be written.
    named = (
        "pickle.load",
        "Unpickler",
        "from pickle",
        "import marshal",
        "import shelve",
        "yaml.load",
    )
    found = [path for path in code if any(name in path.read_text() for name in named)]
    assert found == []


@pytest.mark.django_db
def test_what_cannot_be_written_is_not_taken_for_too_many_tries(monkeypatch):
    assert cache.add("one", [1.0])
    assert not cache.add("one", [1.0])

    def full(*args, **kwargs):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(TriedSignIn, "save", full)
    assert cache.add("two", [1.0])
