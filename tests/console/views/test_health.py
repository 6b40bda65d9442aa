import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from console import condition
from console.database import migrated


@pytest.fixture
def client():
    return Client()


def test_alive_without_asking_anything(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_everything_is_well(client, settings, tmp_path):
    response = client.get("/readyz")
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"data": tmp_path})
    parts = {"database": "ok", "migrations": "ok", "broker": "ok", "disk": "ok", "status": "ok"}
    assert (response.status_code, response.json()) == (200, parts)


@pytest.mark.django_db
def test_not_ready_with_a_migration_missing(client):
    MigrationRecorder(connection).record_unapplied("console", "0001_initial")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["migrations"] == "not ready"
    assert response.json()["database"] == "ok"
    assert migrated.pending() == ["console.0001_initial"]
    (found,) = [one for one in condition.findings() if one.part == "migrations"]
    assert found.sentence == "Run manage.py migrate: 1 are missing, first console.0001_initial."


@pytest.mark.django_db
def test_not_ready_without_the_broker(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get("/readyz")
    scaled = settings.ENVIRONMENT.scaled
    wanted = (200, "missing") if scaled else (503, "not ready")
    assert (response.status_code, response.json()["broker"]) == wanted


@pytest.mark.django_db
def test_not_ready_with_a_full_disk(client, monkeypatch, settings):
    monkeypatch.setattr(condition, "DISK_BYTES_MIN", 2**80)
    response = client.get("/readyz")
    wanted = (200, "missing") if settings.ENVIRONMENT.scaled else (503, "not ready")
    assert (response.status_code, response.json()["disk"]) == wanted


@pytest.mark.django_db
def test_ready_says_when_the_broker_answers(redis_url, settings):
    settings.REDIS_URL = redis_url
    (found,) = [one for one in condition.findings() if one.part == "broker"]
    assert found.ok
    assert found.sentence.endswith(" answers.")


@pytest.mark.django_db
def test_figures_for_this_host(client):
    client.get("/healthz")
    text = client.get("/-/metrics").content.decode()
    assert 'baton_requests_total{method="GET",status="200",view="healthz"}' in text
    for figure in (
        "baton_open_sockets 0.0",
        "baton_waiting_agents 0.0",
        "baton_due_deliveries 0.0",
    ):
        assert figure in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("token", "headers", "address", "status"),
    [
        ("", {}, "127.0.0.1", 200),
        ("", {}, "::1", 200),
        ("", {}, "192.0.2.7", 401),
        ("", {"X-Forwarded-For": "192.0.2.7"}, "127.0.0.1", 401),
        ("", {"Authorization": "Bearer "}, "192.0.2.7", 401),
        ("secret", {}, "127.0.0.1", 401),
        ("secret", {"Authorization": "Bearer wrong"}, "127.0.0.1", 401),
        ("secret", {"Authorization": "Bearer secret"}, "192.0.2.7", 200),
    ],
)
def test_figures_by_token_or_from_this_host_only(client, settings, token, headers, address, status):
    settings.METRICS_TOKEN = token
    response = client.get("/-/metrics", headers=headers, REMOTE_ADDR=address)
    assert response.status_code == status
    assert (b"baton_requests" in response.content) is (status == 200)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/-/metrics"])
def test_nothing_can_be_posted(client, path):
    assert client.post(path).status_code == 405
