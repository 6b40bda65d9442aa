"""The beat of a screen: sent up by every tab, answered by nothing, gathered for each process."""

import asyncio

import pytest

from escalations.live.beats import Beats
from routing.models import Presence
from tests.escalations.test_consumers import Tab, later
from tests.factories import person

pytestmark = pytest.mark.django_db(transaction=True)

HEARD: list[dict[int, bool]] = []


def hear(heard, now, in_dialog):
    """What `ON_BEAT` names in these tests."""
    HEARD.append(heard)


async def test_a_beat_over_the_socket_makes_somebody_present(transactional_db):
    dana = await later(person, "dana")
    async with await later(Tab, dana) as tab:
        await tab.send_json_to({"type": "here", "active": True})
        assert await tab.noticed() == "presence"
        row = await later(Presence.objects.get, person=dana)
        assert (row.state, row.set_by) == ("present", "shift")


async def test_a_beat_gets_no_answer_and_a_wrong_frame_does(transactional_db):
    dana = await later(person, "dana", "auditor")
    async with await later(Tab, dana) as tab:
        await tab.send_json_to({"type": "here"})
        await tab.send_json_to({"type": "there"})
        answer = await tab.heard("ack", "refused")
        assert answer["detail"] == "A command has a type, a command, an id and an escalation."
    assert not await later(Presence.objects.exists)


async def test_the_first_is_told_at_once_and_the_others_together(settings):
    settings.ON_BEAT = f"{__name__}.hear"
    HEARD.clear()
    beats = Beats()
    beats.hear(1, active=False)
    async with asyncio.timeout(30):
        while not HEARD:
            await asyncio.sleep(0.01)
    for person_id, active in ((1, False), (2, False), (2, True), (1, False)):
        beats.hear(person_id, active=active)
    assert HEARD == [{1: False}]
    assert beats._heard == {1: False, 2: True}
    beats._task.cancel()
