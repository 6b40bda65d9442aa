"""The threads that make look-ups: once, within two seconds; no page waits for them."""

from functools import partial
from typing import Any

import structlog

from console import clock
from console.outside import outbound
from escalations.lookups import asking, fetching, telling, templates
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
    left = found.asked_at + asking.WITHIN - clock.now()
    try:
        said = fetching.fetch(
            address(found), found.look_up.token, within_s=max(left.total_seconds(), 0.0),
            resolve=resolve,
        )  # fmt: skip
        values = telling.of_fields(said, found.look_up.fields)
        fault = "" if any(value is not None for _, value in values) else NOTHING
    except (NotRead, NotFilled) as error:
        values, fault = [], str(error)
    asking.keep(found, [] if fault else values, fault, now=clock.now())


def rest() -> None:
    """Wait until every thread is back."""
    _threads.rest()


def address(reading: LookUpReading) -> str:
    """Where it is read: as the first call of the package fills it in. Raises NotFilled."""
    escalation = reading.escalation
    package = escalation.packages.get(version=reading.package_version).document
    case = {
        "id": escalation.id,
        "number": escalation.number,
        "reference": escalation.correlation_id,
    }
    why = NotFilled()
    actions: list[Any] = package.get("proposed_actions") or [{}]
    for number, action in enumerate(actions):
        value_of = partial(templates.value_in, package, action=action, case=case)
        try:
            return templates.filled(reading.look_up.url, value_of)
        except NotFilled as error:
            why = error if number == 0 else why
    raise why
