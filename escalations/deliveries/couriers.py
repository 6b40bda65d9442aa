"""The threads that carry messages out: neither a request nor a task waits for a receiver."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import structlog
from django.db import DatabaseError, connections

from console import clock
from escalations.deliveries import sending

COURIERS = 16

log = structlog.get_logger(__name__)

_pool: ThreadPoolExecutor | None = None
_out: set[Future[int]] = set()
_lock = threading.Lock()


def wake() -> int:
    """Send out as many couriers as there is work for, and return at once with their number.

    Each takes one due message after the other until nothing is left. Any number of processes may
    do this at once.
    """
    global _pool
    due = sending.due(COURIERS, now=clock.now())
    with _lock:
        _pool = _pool or ThreadPoolExecutor(COURIERS, thread_name_prefix="courier")
        sent = range(min(due, COURIERS - len(_out)))
        for _ in sent:
            courier = _pool.submit(carry)
            _out.add(courier)
            courier.add_done_callback(_back)
    return len(sent)


def carry() -> int:
    """Deliver one message after the other until none is due; counts the attempts."""
    attempts = 0
    try:
        while leased := sending.lease_due(1, now=clock.now()):
            outcome = sending.send(leased[0], now=clock.now())
            sending.settle(leased[0], outcome, now=clock.now())
            attempts += 1
    except DatabaseError as error:
        # The lease runs out and the next round sends it again.
        log.warning("courier_stopped", error=str(error))
    finally:
        connections.close_all()
    return attempts


def rest() -> None:
    """Wait until every courier is back."""
    while out := list(_out):
        for courier in out:
            courier.result()
            _out.discard(courier)


def _back(courier: Future[int]) -> None:
    _out.discard(courier)
    if error := courier.exception():
        log.error("courier_failed", exc_info=error)
