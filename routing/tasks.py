"""What Celery calls: each only says "look now"; the work is rows, and safe to look at twice."""

from celery import shared_task

from console import clock
from console.hints.coalesced import Coalesced
from routing import sweeps
from routing.alerts import digests
from routing.offers import dispatch as dispatching
from routing.offers import pace

_dispatch = Coalesced(lambda: dispatching.dispatch(clock.now()))


@shared_task(name="routing.tasks.dispatch")  # type: ignore[untyped-decorator]
def dispatch() -> None:
    """Offer what waits to whoever is free."""
    _dispatch.ask()


@shared_task(name="routing.tasks.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """End what is over, and raise what is due."""
    sweeps.sweep(clock.now())


@shared_task(name="routing.tasks.digest")  # type: ignore[untyped-decorator]
def digest() -> None:
    """Send the mails of the morning that are due."""
    digests.sweep(clock.now())


@shared_task(name="routing.tasks.learn")  # type: ignore[untyped-decorator]
def learn() -> None:
    """Learn from the last decisions how long people take."""
    pace.learn(clock.now())
