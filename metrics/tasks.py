"""What Celery calls: it only says "look now"; folding again changes nothing."""

from celery import shared_task

from console import clock
from metrics import fold as folding


@shared_task(name="metrics.tasks.fold")  # type: ignore[untyped-decorator]
def fold() -> None:
    """Bring the facts up to the record, and forget how far back to look."""
    # Only where nothing is left: the mark would step over lines that no row knows.
    if folding.catch_up():
        folding.advance(clock.now())
