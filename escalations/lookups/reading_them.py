"""The threads that make look-ups: once, within two seconds; no page waits for them."""

from functools import partial

import structlog

from console import clock
from console.outside import outbound
from escalations.lookups import asking, fetching, filling, telling
from escalations.lookups.fetching import NotRead
from escalations.lookups.templates import NotFilled
from escalations.lookups.threads import AskingThreads
from escalations.models import LookUpReading

THREADS = 8
AT_ONCE = 32
NOTHING = "Its answer has none of the values that are shown here."

log = structlog.get_logger(__name__)
_threads = AskingThreads("look_ups", THREADS)


def wake() -> int:
    """Read what nobody has taken yet, and return at once with how many."""
    now = clock.now()
    due = LookUpReading.objects.filter(sent_at__isnull=True, asked_at__gt=now - asking.WITHIN)
    # The condition decides between workers: each is read once.
    taken = [
        pk
        for pk in due.order_by("asked_at").values_list("pk", flat=True)[:AT_ONCE]
        if LookUpReading.objects.filter(pk=pk, sent_at__isnull=True).update(sent_at=now)
    ]
    for pk in taken:
        _threads.start(partial(read, pk))
    return len(taken)


def read(pk: str, *, resolve: outbound.Resolver = outbound.system_resolver) -> None:
    """Read it now, and keep what came or why nothing did."""
    found = LookUpReading.objects.select_related("escalation", "look_up").get(pk=pk)
    package = found.escalation.packages.get(version=found.package_version).document
    left = found.asked_at + asking.WITHIN - clock.now()
    try:
        at = filling.address(found.look_up.url, package, found.escalation)
        said = fetching.fetch(
            at, found.look_up.token, within_s=max(left.total_seconds(), 0.0), resolve=resolve
        )
        values = telling.of_fields(said, found.look_up.fields)
        fault = "" if any(value is not None for _, value in values) else NOTHING
    except (NotRead, NotFilled) as error:
        values, fault = [], str(error)
    asking.keep(found, [] if fault else values, fault, now=clock.now())


def rest() -> None:
    """Wait until every thread is back."""
    _threads.rest()
