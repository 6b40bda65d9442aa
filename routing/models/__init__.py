"""The stored shapes of routing, one file for each group of nouns."""

from routing.models.alerts import Alert, Notice, Sending
from routing.models.digests import Digest
from routing.models.following import Watching
from routing.models.offers import Handover, Offer, Pace
from routing.models.people import Duty, Proficiency, Skill, Team, Unit, WorkLimit
from routing.models.presence import Presence
from routing.models.saved_views import SavedView
from routing.models.shifts import Shift, TimeOff

__all__ = [
    "Alert",
    "Digest",
    "Duty",
    "Handover",
    "Notice",
    "Offer",
    "Pace",
    "Presence",
    "Proficiency",
    "SavedView",
    "Sending",
    "Shift",
    "Skill",
    "Team",
    "TimeOff",
    "Unit",
    "Watching",
    "WorkLimit",
]
