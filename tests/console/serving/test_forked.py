"""Real processes, forked by one that is itself started for the test."""

import os
import signal
import subprocess
import sys

import pytest

PROGRAM = """
import os, signal
from console.serving.forked import Forked

def work(number):
    # At once, as the other one may write at the same moment.
    os.write(1, f"works {number} {os.getpid()}\\n".encode())
    signal.pause()

Forked(2, work).run()
print("ended", flush=True)
"""


@pytest.fixture
def program():
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.communicate()


def started(program, count):
    """The process ids by number, of as many as are told next; the log stands between them."""
    told: list[list[str]] = []
    while len(told) < count and (line := program.stdout.readline()):
        told += [line.split()[1:]] if line.startswith("works") else []
    return {int(number): int(process) for number, process in told}


def test_each_has_its_number_and_all_end_with_the_signal(program):
    assert sorted(started(program, 2)) == [0, 1]
    program.send_signal(signal.SIGTERM)
    # It ends when the last who may write to it has.
    assert program.stdout.read() == "ended\n"
    assert program.wait(10) == 0


def test_one_that_is_killed_is_forked_again_under_its_number(program):
    ours = started(program, 2)
    os.kill(ours[1], signal.SIGKILL)
    again = started(program, 1)
    assert list(again) == [1]
    assert again[1] != ours[1]


def test_two_that_are_killed_at_once_are_both_forked_again(program):
    ours = started(program, 2)
    program.send_signal(signal.SIGSTOP)
    for process in ours.values():
        os.kill(process, signal.SIGKILL)
    program.send_signal(signal.SIGCONT)
    assert sorted(started(program, 2)) == [0, 1]


def test_all_end_with_the_one_that_is_killed(program):
    started(program, 2)
    program.kill()
    assert program.stdout.read() == ""
