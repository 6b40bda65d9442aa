"""The table of cases on the floor, opened from queues, people and the late ones."""

import re

import pytest

from escalations import lifecycle
from escalations.models import Escalation, requirements
from tests.factories import NOW, after, escalation, key
from tests.routing.floor.given import on_duty
from tests.routing.views.test_floor import _at_two, signed_in, text_of

pytestmark = pytest.mark.django_db
__all__ = ["_at_two"]


def rows_of(text):
    return re.findall(r'<tr id="late-(esc_\w+)"', text)


def test_queues_people_and_all_open_into_the_same_table():
    """Only what was late could be seen; a queue and a person led nowhere."""
    kofi = on_duty("kofi", refunds=3)
    fraud = requirements.id_for({"fraud": 4})
    late, held, plain = (escalation(summary=name, now=NOW) for name in ("Late", "Held", "Plain"))
    Escalation.objects.filter(pk=late.pk).update(respond_by=after(-60), requirement=fraud)
    lifecycle.claim(held, by=kofi, now=NOW)
    priya = signed_in("priya")

    def shown(query):
        return set(rows_of(text_of(priya.get(f"/floor/{query}"))))

    assert shown("") == {late.id}
    assert shown("?show=all") == {late.id, held.id, plain.id}
    assert shown(f"?show=queue-{fraud}") == {late.id}
    assert shown("?show=person-kofi") == {held.id}
    assert shown("?show=person-nobody") == shown("?show=nonsense") == {late.id}
    assert len(shown("?show=all&first=2")) == 2
    text = text_of(priya.get("/floor/?show=all&first=2"))
    assert "3 cases, the first 2" in text
    assert "first=52" in text
    text = text_of(priya.get("/floor/"))
    for query in (f"?show=queue-{fraud}", "?show=person-kofi", "?show=all"):
        assert f'href="/floor/{query}"' in text


def test_each_queue_holds_as_many_as_it_says():
    mira, wanted = key(), {}
    for n in range(7):
        made = escalation(by=mira, now=NOW)
        need = requirements.id_for({"fraud": 1 + n % 3})
        Escalation.objects.filter(pk=made.pk).update(requirement=need, respond_by=after(99 * n))
        wanted[need] = wanted.get(need, 0) + 1
    priya = signed_in("priya")
    for need, count in wanted.items():
        assert len(rows_of(text_of(priya.get(f"/floor/?show=queue-{need}")))) == count
