import pytest

from escalations.deliveries import hosts
from escalations.models import Delivery, Receiver
from tests.factories import NOW, after

pytestmark = pytest.mark.django_db
HOST = "a.example:443"


def room(now=NOW):
    """How many calls one round may make to the host."""
    asked = hosts.Room(Delivery.objects.all(), now)
    return [asked.take(HOST) for _ in range(10)].count(True)


def fail(times, *, status=500, took_s=0.1, now=NOW):
    for _ in range(times):
        hosts.note(HOST, hosts.is_failing(status), took_s, now=now)


def test_unknown_host_takes_four():
    assert room() == 4


@pytest.mark.parametrize("status", [200, 204, 302, 400, 401, 404, 410])
def test_host_that_answers_is_not_to_blame(status):
    fail(20, status=status)
    assert (room(), Receiver.objects.count()) == (4, 0)


def test_ten_silences_pause_a_host():
    for _ in range(10):
        hosts.note(HOST, True, 0.1, now=NOW)
    assert room() == 0


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_ten_failures_pause_a_host(status):
    fail(9, status=status)
    assert room() == 4
    fail(1, status=status)
    assert room() == 0
    assert room(after(29)) == 0
    assert room(after(30)) == 1


def test_paused_host_gets_one_probe_and_is_paused_longer_until_it_answers():
    fail(10)
    pauses = []
    now = NOW
    for _ in range(7):
        now = Receiver.objects.get().paused_until
        hosts.note(HOST, True, 0.1, now=now)
        pauses.append((Receiver.objects.get().paused_until - now).total_seconds())
    assert pauses == [60, 120, 240, 480, 600, 600, 600]
    hosts.note(HOST, False, 0.1, now=now)
    assert (room(now), Receiver.objects.count()) == (4, 0)


def test_slow_host_is_called_one_at_a_time_until_it_is_quick():
    hosts.note(HOST, False, 2.5, now=NOW)
    assert room() == 1
    hosts.note(HOST, False, 0.2, now=NOW)
    assert room() == 4


def test_silence_counts_as_slow():
    hosts.note(HOST, True, 10.0, now=NOW)
    assert room() == 1


def test_person_gives_it_another_chance():
    fail(12)
    hosts.forget(HOST)
    assert room() == 4
