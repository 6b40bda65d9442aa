"""The waits that agents were told, beside what came."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import median
from typing import Any

Pair = tuple[int | None, float]  # What was said, and what came, in seconds.

BUCKETS = ((0, "now"), (10, "1 to 10 s"), (30, "11 to 30 s"), (60, "31 to 60 s"))
LONGER, UNKNOWN = "over 60 s", "not known"
ANSWERING_S = 10  # An offer stands so long: nobody promises that it is answered at once.


def calibration(told: Mapping[str, int | None]) -> dict[str, Any]:
    """Of each case that somebody took up: the wait that was said when it arrived, and what came.

    The first time counts, whatever became of the case afterwards.
    """
    return compared([(told[case], came) for case, came in _came().items() if case in told])


def compared(pairs: Iterable[Pair]) -> dict[str, Any]:
    """Of all for whom a wait was said: what came as a part of it, and how many got between half
    and twice of it, or within the time to answer an offer of it. Then by what was said."""
    by_said: dict[str, list[Pair]] = defaultdict(list)
    for said, came in pairs:
        by_said[_bucket(said)].append((said, came))
    order = [*(name for _, name in BUCKETS), LONGER, UNKNOWN]
    rows = {name: _row(by_said[name]) for name in order if name in by_said}
    known = [(said, came) for each in by_said.values() for said, came in each if said]
    return {"about": _about(known), "by_what_was_said": rows}


def _about(known: list[tuple[int, float]]) -> dict[str, float]:
    if not known:
        return {"cases": 0}
    ratios = [came / said for said, came in known]
    half_to_double = sum(0.5 <= ratio <= 2 for ratio in ratios)
    near = sum(abs(came - said) <= ANSWERING_S or 0.5 <= came / said <= 2 for said, came in known)
    return {
        "cases": len(known),
        "came_of_said_median": round(median(ratios), 2),
        "half_to_double_percent": round(100 * half_to_double / len(known)),
        "or_within_an_offer_percent": round(100 * near / len(known)),
    }


def _row(rows: list[Pair]) -> dict[str, float]:
    said = [one for one, _ in rows if one is not None]
    row: dict[str, float] = {"cases": len(rows), "came_s": round(median(c for _, c in rows), 1)}
    if said:
        kept = sum(one is not None and came <= one + ANSWERING_S for one, came in rows)
        row |= {"said_s": median(said), "within_percent": round(100 * kept / len(rows))}
    return row


def _bucket(said: int | None) -> str:
    if said is None:
        return UNKNOWN
    return next((name for most, name in BUCKETS if said <= most), LONGER)


def _came() -> dict[str, float]:
    """Seconds from its arrival until somebody first had each case in hand, by its id."""
    from escalations.models import Event

    lines = Event.objects.exclude(escalation=None).order_by("id")
    arrived: dict[str, Any] = {}
    came: dict[str, float] = {}
    for case, kind, at, body in lines.values_list("escalation__id", "kind", "at", "body"):
        if kind == "received":
            arrived[case] = at
        elif case not in came and json.loads(bytes(body))["facts"].get("state") == "held":
            came[case] = (at - arrived[case]).total_seconds()
    return came
