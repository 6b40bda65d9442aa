"""The HTTP API for agents. `router` goes into the API that `console/api.py` puts together."""

from ninja import Router

from escalations.api import changes, check, decisions, escalations, policy, reports

router = Router()
for part in (escalations, decisions, changes, reports, check, policy):
    router.add_router("", part.router)
