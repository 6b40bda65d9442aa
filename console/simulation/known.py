"""What the demo's shop knows of orders and customers, and the look-ups that read it there.

It is drawn from the id that is asked for: the same one has the same answer, read in no database.
"""

import re
from datetime import date, timedelta
from random import Random
from typing import Any
from urllib.parse import unquote

from console import clock
from console.simulation.credentials import BY
from escalations.lookups import registered
from escalations.models import Agent, LookUp

_PATH = re.compile(r"/(?P<what>orders|customers)/(?P<id>[\w%.-]{1,80})", re.ASCII)
_DAY = date(2026, 1, 1)
ORDER = (
    ("Order", "id"), ("Status", "status"), ("Ordered on", "ordered_on"),
    ("Paid", "paid.amount"), ("Refunded so far", "refunded.amount"), ("Parcel", "parcel.status"),
)  # fmt: skip
CUSTOMER = (
    ("Orders", "orders"), ("Refunds this year", "refunds_this_year"), ("Last order", "last_order"),
    ("Balance", "balance.amount"),
)  # fmt: skip
# The name, the task type, the address behind the host, and what is shown.
LOOK_UPS = (
    ("Order", "refund", "/orders/{args.order_id}", ORDER),
    ("Customer", "", "/customers/{customer.id}", CUSTOMER),
)


def offer(agent: Agent, address: str) -> None:
    """Have these look-ups offered for this agent, read at this address; nothing else is touched."""
    for name, task_type, path, values in LOOK_UPS:
        there = LookUp.objects.offered().filter(name=name, task_type=task_type, agent=agent).first()
        if there is None or there.url != address + path:
            registered.put(
                there, name=name, task_type=task_type, agent=agent, url=address + path, token="",
                values=values, by=BY, now=clock.now(),
            )  # fmt: skip


def answer(path: str) -> dict[str, Any] | None:
    """What stands at this path; None where nothing does."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    asked = unquote(found["id"])
    rng = Random(asked)  # noqa: S311
    return _order(asked, rng) if found["what"] == "orders" else _customer(asked, rng)


def _order(number: str, rng: Random) -> dict[str, Any]:
    day = _DAY + timedelta(days=rng.randrange(280, 310))
    delivered = rng.random() < 0.7
    arrived = day + timedelta(days=4)
    return {
        "id": number,
        "status": "complete" if delivered else "on its way",
        "ordered_on": day.isoformat(),
        "paid": _euros(184 if number == "HP-20931" else rng.randrange(18, 400)),
        "refunded": _euros(0 if rng.random() < 0.8 else rng.randrange(5, 20)),
        "parcel": {"status": f"delivered on {arrived:%d %b}" if delivered else "at the depot"},
    }  # fmt: skip


def _customer(number: str, rng: Random) -> dict[str, Any]:
    return {
        "id": number,
        "orders": rng.randrange(1, 40),
        "refunds_this_year": rng.randrange(0, 4),
        "last_order": (_DAY + timedelta(days=rng.randrange(200, 310))).isoformat(),
        "balance": _euros(rng.choice((0, 0, 0, 15, -20))),
    }


def _euros(amount: int) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "EUR"}
