import threading

import pytest

from console.hints.coalesced import Coalesced


def test_who_asks_alone_looks_once():
    looks = []
    coalesced = Coalesced(lambda: looks.append(1))
    coalesced.ask()
    coalesced.ask()
    assert len(looks) == 2


def test_any_number_who_ask_during_a_look_cause_one_more():
    begun, go_on, looks = threading.Semaphore(0), threading.Semaphore(0), []

    def look():
        begun.release()
        assert go_on.acquire(timeout=10)
        looks.append(threading.current_thread().name)

    coalesced = Coalesced(look)
    first = threading.Thread(target=coalesced.ask, name="first")
    first.start()
    assert begun.acquire(timeout=10)
    for _ in range(20):
        coalesced.ask()
    go_on.release(2)
    first.join(10)
    assert looks == ["first", "first"]


def test_a_look_that_fails_is_the_callers_and_the_next_one_looks():
    fails = iter([True, False])
    looks = []

    def look():
        if next(fails):
            raise OSError("no database")
        looks.append(1)

    coalesced = Coalesced(look)
    with pytest.raises(OSError, match="no database"):
        coalesced.ask()
    coalesced.ask()
    assert looks == [1]
