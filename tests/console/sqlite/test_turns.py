import threading
import time

from console.sqlite.turns import Turns


def in_line(turns, count):
    while len(turns._line) < count:
        time.sleep(0.001)


def test_first_come_first_served():
    turns, served = Turns(), []
    assert turns.take(1)

    def wait(number):
        assert turns.take(5)
        served.append(number)
        turns.give()

    threads = []
    for number in range(8):
        threads.append(threading.Thread(target=wait, args=(number,)))
        threads[-1].start()
        in_line(turns, number + 2)
    turns.give()
    for thread in threads:
        thread.join()
    assert served == list(range(8))
    assert turns.take(0)


def test_who_waits_too_long_leaves_the_line():
    turns = Turns()
    assert turns.take(1)
    assert not turns.take(0.01)
    turns.give()
    assert turns.take(0)
    turns.give()


def test_a_turn_that_comes_at_the_last_moment_is_taken():
    turns = Turns()
    assert turns.take(1)
    late = threading.Event()
    with turns._mutex:
        turns._line.append(late)
    turns.give()
    assert turns._leave(late)
    turns.give()
    assert turns.take(0)
