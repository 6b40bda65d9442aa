"""Acts that are started together, for tests of who wins."""

import threading

from django.db import connections

from escalations.refusals import Refused


def at_once(*acts):
    """What each act answered or refused with, all started at the same barrier."""
    barrier, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            barrier.wait()
            answers[place] = act()
        except Refused as refused:
            answers[place] = refused
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
