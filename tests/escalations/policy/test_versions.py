from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import orjson
import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from escalations.access import Viewer
from escalations.models import Event, PolicyVersion
from escalations.policy import check, versions
from escalations.policy.document import PolicyDocument
from escalations.record import lines
from escalations.record.lines import Actor
from escalations.refusals import By, Conflict, Invalid, NotFound
from escalations.text import canonical

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def admin(username: str, name: str = "") -> Viewer:
    user = get_user_model().objects.create_user(username, role="admin", first_name=name)
    return Viewer(user.pk, username=user.username, name=user.name, role=user.role)


@pytest.fixture
def ruth(db) -> Viewer:
    return admin("ruth", "Ruth")


def refunds(level: int = 1, **rest: object) -> PolicyDocument:
    task_types = {"refund": {"title": "Refunds", "level": level, **rest}}
    return check.check({"schema": "handoff.policy/1", "task_types": task_types})


def test_a_fresh_install_has_version_1(db):
    in_force = versions.current()
    assert in_force.number == 1
    fallback = in_force.document.for_task_type("anything")
    assert (fallback.level, fallback.act_at, fallback.review_below) == (2, 0.85, 0.7)
    assert [change.by for change in versions.history()] == [By("baton", "Baton")]
    assert PolicyVersion.objects.count() == Event.objects.filter(chain="policy").count() == 1


def test_current_asks_one_small_question_and_then_nothing_for_a_moment(
    ruth, django_assert_num_queries, monkeypatch
):
    versions.publish(refunds(), by=ruth, now=NOW, expected=versions.current().number)
    with django_assert_num_queries(2):
        assert versions.current().number == 2
    with django_assert_num_queries(0):
        assert versions.current().number == 2
    monkeypatch.setattr(versions, "FRESH_S", 0)
    with django_assert_num_queries(1):
        assert versions.current().number == 2


def test_publish_makes_the_next_version_and_one_line_of_the_record(ruth):
    versions.current()
    made = versions.publish(refunds(), by=ruth, note=" Evidence ", now=NOW, expected=1)
    assert (made.number, made.note, made.restores) == (2, "Evidence", None)
    assert versions.current().document.for_task_type("refund").level == 1
    event = Event.objects.get(chain="policy", position=2)
    line = orjson.loads(bytes(event.body))
    assert (line["kind"], line["actor"]) == ("published", "person:ruth")
    assert line["facts"] == {
        "number": 2,
        "digest": canonical.digest(refunds().dump()),
        "restores": None,
        "note": lines.commitment(made.digest, "Evidence"),
        "task_types": ["defaults", "refund"],
    }


def test_a_note_is_refused_rather_than_cut(ruth):
    with pytest.raises(Invalid, match="Use at most 500 characters for the note; this has 501"):
        versions.publish(refunds(), by=ruth, note="x" * 501, now=NOW, expected=1)


def test_the_second_of_two_is_told_who_was_first(ruth):
    leo = admin("leo", "Leo")
    versions.current()
    versions.publish(refunds(), by=ruth, now=NOW, expected=1)
    with pytest.raises(Conflict) as refused:
        versions.publish(refunds(3), by=leo, now=NOW + timedelta(minutes=1), expected=1)
    assert refused.value.detail == "Ruth published version 2 at 09:00 on 21 Nov UTC."
    assert (refused.value.by, refused.value.at) == (By("ruth", "Ruth"), NOW)
    assert versions.current().number == 2


def test_nothing_is_published_twice(ruth):
    versions.current()
    versions.publish(refunds(), by=ruth, now=NOW, expected=1)
    with pytest.raises(Invalid, match="Nothing differs from version 2"):
        versions.publish(refunds(), by=ruth, now=NOW, expected=2)


def test_restore_makes_an_older_version_current_as_a_new_one(ruth):
    versions.current()
    versions.publish(refunds(), by=ruth, now=NOW, expected=1)
    versions.publish(refunds(3), by=ruth, now=NOW, expected=2)
    made = versions.restore(2, by=ruth, now=NOW, expected=3)
    assert (made.number, made.restores, made.note) == (4, 2, "Back to version 2")
    assert versions.current().document == versions.document(versions.version(2))
    with pytest.raises(NotFound):
        versions.restore(9, by=ruth, now=NOW, expected=4)
    with pytest.raises(Conflict):
        versions.restore(3, by=ruth, now=NOW, expected=3)
    with pytest.raises(Invalid):
        versions.restore(2, by=ruth, now=NOW, expected=4)


def test_history_says_who_changed_what(ruth):
    versions.current()
    versions.publish(refunds(), by=ruth, note="First", now=NOW, expected=1)
    versions.publish(refunds(3), by=Actor("agent", "deployer"), now=NOW, expected=2)
    told = [(c.version.number, c.by.name, c.sentences) for c in versions.history(count=2)]
    assert told == [
        (3, "deployer", ["Refunds: level 1 → 3"]),
        (
            2,
            "Ruth",
            [
                (
                    "Everything else: rule removed: the trigger type is one of out of scope, "
                    "missing information, repeated failure, tool error or exception: level 2 "
                    "(The agent could not go on by itself)"
                ),
                "Refunds: new task type, level 1",
            ],
        ),
    ]
    assert [change.version.number for change in versions.history(before=2)] == [1]


@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_moment_one_wins():
    people = [admin(f"admin{number}") for number in range(4)]
    versions.current()
    start, answers = Barrier(4), []

    def publish(viewer: Viewer, level: int) -> None:
        start.wait()
        try:
            answers.append(versions.publish(refunds(level), by=viewer, now=NOW, expected=1).number)
        except Conflict as refused:
            answers.append(refused.by.id if refused.by else "")
        finally:
            connection.close()

    threads = [Thread(target=publish, args=(one, n + 1)) for n, one in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = versions.published_by(versions.version(2)).id
    assert sorted(map(str, answers)) == sorted(["2", winner, winner, winner])
