"""Lines for one person: written once, pushed, shown until seen."""

import asyncio

import pytest
from django.db import connection, transaction

from console.hints import hub
from escalations import lifecycle
from escalations.models import Escalation
from routing.alerts import notices
from routing.models import Alert, Notice
from tests.factories import NOW, after, escalation, key, person, viewer, viewer_of

pytestmark = pytest.mark.django_db


def texts(user):
    return [line.notice.text for line in notices.unseen(viewer_of(user))]


def alert(case, step=1):
    return Alert.objects.create(
        escalation=case, step=step, kind="breach", audience="eligible", due_at=NOW, raised_at=NOW
    )


def breach(user, case, step=1, kind="breach"):
    raised = alert(case, step)
    text = f"{case} is late ({step})."
    notices.tell([user.pk], kind, text, case, now=after(step), alert=raised)
    return raised


def test_each_person_gets_one_line_and_the_newest_is_first():
    dana, lee = person("dana"), person("lee")
    notices.tell([dana.pk, lee.pk, dana.pk], "given", "Sam gave you BTN-1.", now=NOW)
    notices.tell([dana.pk], "taken", "Sam took BTN-2.", now=after(1))
    assert texts(dana) == ["Sam took BTN-2.", "Sam gave you BTN-1."]
    assert texts(lee) == ["Sam gave you BTN-1."]


def test_one_alert_told_twice_is_one_line():
    dana, case = person("dana"), escalation()
    raised = breach(dana, case)
    notices.tell([dana.pk], "breach", "Again.", case, now=NOW, alert=raised)
    assert texts(dana) == [f"{case} is late (1)."]


def test_of_the_alerts_of_one_case_only_the_newest_is_shown_and_seen_for_all():
    dana, mira = person("dana"), key()
    first, second = escalation(by=mira), escalation(by=mira)
    for step in (1, 2, 3):
        breach(dana, first, step)
    breach(dana, second)
    assert texts(dana) == [f"{first} is late (3).", f"{second} is late (1)."]
    newest = Notice.objects.get(alert__step=3)
    assert notices.see(dana.pk, newest.pk, now=after(5)) == newest
    assert texts(dana) == [f"{second} is late (1)."]
    assert notices.see(dana.pk, newest.pk, now=after(9)) == newest
    assert set(Notice.objects.filter(escalation=first).values_list("seen_at", flat=True)) == {
        after(5)
    }


def test_an_alert_that_came_later_stays_unseen():
    dana, case = person("dana"), escalation()
    breach(dana, case, 1)
    seen = Notice.objects.get()
    breach(dana, case, 2)
    notices.see(dana.pk, seen.pk, now=after(5))
    assert texts(dana) == [f"{case} is late (2)."]


def test_alerts_of_an_answered_case_are_moot():
    dana, case = person("dana"), escalation()
    breach(dana, case)
    lifecycle.cancel(case, agent="mira", now=after(2))
    notices.tell([dana.pk], "taken", "The agent took it back.", case, now=after(2))
    assert texts(dana) == ["The agent took it back."]


def test_an_alert_of_a_case_that_somebody_took_up_is_moot_while_they_have_it():
    dana, sofia, case = person("dana"), viewer("sofia"), escalation()
    notices.tell([dana.pk], "alert", "Called.", now=NOW)
    breach(dana, case, kind="alert")
    assert texts(dana) == [f"{case} is late (1).", "Called."]
    lifecycle.claim(case, by=sofia, now=after(5))
    assert texts(dana) == ["Called."]
    # What is told while they have it stands, and so does all once they let go.
    breach(dana, case, 9, kind="alert")
    assert texts(dana) == [f"{case} is late (9).", "Called."]
    Notice.objects.filter(alert__step=9).delete()
    case.refresh_from_db()
    lifecycle.release(case, by=sofia, version=case.version, now=after(12))
    assert texts(dana) == [f"{case} is late (1).", "Called."]


def test_nobody_sees_or_dismisses_the_lines_of_others():
    dana, lee = person("dana"), person("lee")
    notices.tell([dana.pk], "given", "Yours.", now=NOW)
    assert notices.see(lee.pk, Notice.objects.get().pk, now=NOW) is None
    assert (texts(dana), texts(lee)) == (["Yours."], [])


def test_what_stays_is_first_and_only_opening_sees_it():
    dana, mira = person("dana"), key()
    urgent, late = escalation(by=mira), escalation(by=mira)
    breach(dana, urgent, kind="alert")
    breach(dana, late, 2)
    lines = notices.unseen(viewer_of(dana))
    assert [(line.notice.escalation, line.stays) for line in lines] == [
        (urgent, True),
        (late, False),
    ]
    assert notices.see_all(dana.pk, now=NOW) == 1
    assert texts(dana) == [f"{urgent} is late (1)."]
    lifecycle.cancel(Escalation.objects.get(pk=urgent.pk), agent="mira", now=after(9))
    assert notices.see_all(dana.pk, now=NOW) == 1


def test_a_case_that_is_no_longer_theirs_to_see_is_not_opened_and_does_not_stay():
    dana, case = person("dana"), escalation()
    case.requirement.skills = {"refunds": 3}
    case.requirement.save()
    breach(dana, case, kind="alert")
    (line,) = notices.unseen(viewer_of(dana))
    assert (line.stays, line.opens) == (False, False)


def test_what_was_seen_is_listed_for_30_days():
    dana = viewer("dana")
    notices.tell([dana.user_id], "given", "Old.", now=NOW)
    notices.tell([dana.user_id], "given", "New.", now=after(3600))
    notices.see_all(dana.user_id, now=after(3700))
    found = [line.notice.text for line in notices.earlier(dana, now=after(3700))]
    assert found == ["New.", "Old."]
    month = 30 * 24 * 3600
    assert [line.notice.text for line in notices.earlier(dana, now=after(month + 1))] == ["New."]


def test_the_list_costs_one_statement(django_assert_num_queries):
    dana, mira = viewer("dana"), key()
    user = person("lee")
    for step in range(3):
        breach(user, escalation(by=mira), step)
    lee = viewer_of(user)
    with django_assert_num_queries(1):
        assert len(notices.unseen(lee)) == 3
    with django_assert_num_queries(1):
        assert notices.unseen(dana) == []


@pytest.mark.django_db(transaction=True)
def test_each_person_is_pushed_to_on_commit_and_nobody_when_it_is_taken_back():
    dana, case = person("dana"), escalation()

    async def heard():
        with hub.listen() as listener:
            await asyncio.to_thread(_tell_twice, dana, case)
            async with asyncio.timeout(5):
                async for message in listener:
                    if message["type"] == "notice":
                        return message
        return None

    assert asyncio.run(heard()) == {
        "type": "notice",
        "kind": "given",
        "text": "Yours.",
        "escalation": case.id,
        "person": dana.pk,
    }


def _tell_twice(dana, case):
    try:
        with transaction.atomic():
            notices.tell([dana.pk], "given", "Taken back.", case, now=NOW)
            transaction.set_rollback(True)
        notices.tell([dana.pk], "given", "Yours.", case, now=NOW)
    finally:
        connection.close()
