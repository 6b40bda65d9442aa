"""Work that looks at everything: asked for by many threads, done by one of them at a time."""

import threading
from collections.abc import Callable


class Coalesced:
    """Wraps a function for which one call after the last change is as good as one for each."""

    def __init__(self, look: Callable[[], object]) -> None:
        self._look = look
        self._asked = threading.Event()
        self._looking = threading.Lock()

    def ask(self) -> None:
        """Look from the beginning at least once after this call.

        Returns at once while another thread looks: that one looks again. Raises what `look` raises.
        """
        self._asked.set()
        # Not `if`: whoever finds the lock taken only leaves the flag, which this loop must find
        # again after giving the lock back.
        while self._asked.is_set() and self._looking.acquire(blocking=False):
            # Cleared before looking, not after: whoever asks while this looks is owed a further
            # look.
            try:
                self._asked.clear()
                self._look()
            finally:
                self._looking.release()
