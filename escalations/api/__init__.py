"""The HTTP API for agents. `router` goes into the API that `console/api.py` puts together."""

from ninja import Router

from escalations.api import check, escalations, policy, reports

router = Router()
router.add_router("", escalations.router)
router.add_router("", reports.router)
router.add_router("", check.router)
router.add_router("", policy.router)
