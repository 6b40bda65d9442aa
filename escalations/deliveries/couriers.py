"""The threads that carry messages out: neither a request nor a task waits for a receiver."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import structlog
from django.db import DatabaseError, connections

from console import clock
from console.database.looks import Look
from escalations.deliveries.outbox import Outbox, outboxes

log = structlog.get_logger(__name__)

_pools: dict[str, ThreadPoolExecutor] = {}
_out: dict[str, set[Future[int]]] = {}
_lock = threading.Lock()
_look = Look(lambda now: {box.name: box.free(now) for box in outboxes()})


def wake() -> int:
    """Send out as many couriers as there is work for, and return at once with their number.

    Each takes one due message of its outbox after the other until nothing is left. Any number of
    processes may do this at once.
    """
    due = _look.at(clock.now())
    return sum(_wake(box) for box in outboxes() if box.name in due)


def carry(box: Outbox[Any]) -> int:
    """Deliver one message after the other until none is due; counts the attempts."""
    attempts = 0
    try:
        # One at a time, so that a lease has to outlast a single attempt, and other couriers find
        # the rest.
        while leased := box.lease_due(1, now=clock.now()):
            outcome = box.send(leased[0], now=clock.now())
            # The time anew: a slow receiver may have taken seconds.
            box.settle(leased[0], outcome, now=clock.now())
            attempts += 1
    except DatabaseError as error:
        # The lease runs out and the next round sends it again.
        log.warning("courier_stopped", outbox=box.name, error=str(error))
    finally:
        # Threads of a pool live on, and so would the connection that this one opened.
        connections.close_all()
    return attempts


def rest() -> None:
    """Wait until every courier is back."""
    # Copies: couriers that come back take themselves out meanwhile.
    while out := [(of, courier) for of in list(_out.values()) for courier in list(of)]:
        for of, courier in out:
            courier.result()
            of.discard(courier)


def _wake(box: Outbox[Any]) -> int:
    """Each outbox has couriers of its own, so that a thousand answers hold up no alert."""
    due = box.due(box.couriers, now=clock.now())
    # The lock keeps the pools of this process; between processes the leases decide.
    with _lock:
        if box.name not in _pools:
            _pools[box.name] = ThreadPoolExecutor(box.couriers, f"courier-{box.name}")
        out = _out.setdefault(box.name, set())
        sent = range(min(due, box.couriers - len(out)))
        for _ in sent:
            courier = _pools[box.name].submit(carry, box)
            # Before the callback, which runs at once where the courier is back already.
            out.add(courier)
            courier.add_done_callback(lambda done: _back(out, done))
    return len(sent)


def _back(out: set[Future[int]], courier: Future[int]) -> None:
    out.discard(courier)
    # A pool keeps an exception to itself until somebody asks for it.
    if error := courier.exception():
        log.error("courier_failed", exc_info=error)
