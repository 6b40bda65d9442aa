"""What Celery calls: each only says "look now"; the work is rows, and safe to look at twice."""

import structlog
from celery import shared_task

from console import clock
from escalations import sweeps
from escalations.deliveries import couriers
from escalations.facts import sending
from escalations.lookups import reading_them
from escalations.record import seals

log = structlog.get_logger(__name__)


@shared_task(name="escalations.tasks.deliver_due")  # type: ignore[untyped-decorator]
def deliver_due() -> None:
    """Send what is due; threads do it, so that a slow receiver holds no worker."""
    sending.wake()
    reading_them.wake()
    couriers.wake()


@shared_task(name="escalations.tasks.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """End lost leases, wake what was snoozed, expire what asked for it."""
    clock.measure()
    sweeps.sweep(clock.now())


@shared_task(name="escalations.tasks.tidy")  # type: ignore[untyped-decorator]
def tidy() -> None:
    """Forget what is kept for no longer."""
    sweeps.tidy(clock.now())


@shared_task(name="escalations.tasks.seal")  # type: ignore[untyped-decorator]
def seal() -> None:
    """Seal the ends of the record's chains, every ten minutes in which they moved."""
    try:
        seals.seal_when_due(clock.now())
    except Exception:
        # Said by a name of its own: without seals what is deleted is missed by nobody.
        log.exception("seal_failed")
        raise
