"""Who is there: the beats of the open screens of one process, gathered and handed on together.

Whoever wants to know is named by the setting `ON_BEAT`: it is given for each person whether a hand
moved at one of their screens, the time, and who has a dialog open.
"""

import asyncio

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

from console import clock
from console.serving import threads

log = structlog.get_logger(__name__)

PAUSE_S = 5


class Beats:
    """Handed on at once after a pause, and at most every five seconds, however many beat."""

    def __init__(self) -> None:
        self._heard: dict[int, bool] = {}
        self._in_dialog: set[int] = set()
        self._task: asyncio.Task[None] | None = None

    def hear(self, user_id: int, *, active: bool, dialog: bool = False) -> None:
        """A screen of this person is there. Call it in the event loop of the sockets."""
        if dialog:
            self._in_dialog.add(user_id)
        self._heard[user_id] = active or self._heard.get(user_id, False)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._hand_on())

    async def _hand_on(self) -> None:
        while self._heard:
            # Taken before waiting: beats that come meanwhile belong to the next round.
            heard, self._heard = self._heard, {}
            in_dialog, self._in_dialog = self._in_dialog, set()
            try:
                await threads.run(_tell, heard, in_dialog)
            except Exception as error:  # The next beat comes within seconds.
                log.warning("beats_lost", error=str(error))
            await asyncio.sleep(PAUSE_S)


def _tell(heard: dict[int, bool], in_dialog: set[int]) -> None:
    import_string(settings.ON_BEAT)(heard, clock.now(), in_dialog=in_dialog)
