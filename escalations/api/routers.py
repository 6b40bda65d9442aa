"""The HTTP API for agents. `router` goes into the API that `console/api.py` puts together.

It is not in the package itself, because a server loads `problems` there as middleware at its start,
and the rest, a third of a second, with the first page.
"""

from ninja import Router

from escalations.api import (
    changes,
    check,
    decisions,
    escalations,
    handed,
    messages,
    policy,
    reports,
)

router = Router()
for part in (escalations, decisions, changes, messages, handed, reports, check, policy):
    router.add_router("", part.router)
