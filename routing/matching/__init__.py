"""Who gets what: a pure rule over waiting work, people and `now`.

    value = cost of waiting / (units x sqrt(minutes)) x (quickest minutes / this person's)^fit

The rule, what it was measured against and what each part is worth: docs/performance.md.
"""

from escalations.eligibility import Id
from routing.matching.choosing import match
from routing.matching.eligible import is_kept_for
from routing.matching.nobody import why_nobody
from routing.matching.rounds import Picture, hand_out
from routing.matching.sentences import why, why_nothing, why_passed_over
from routing.matching.work import ANYONE, Kept, Match, Plan, Terms, WaitingCase, Worker

__all__ = [
    "ANYONE",
    "Id",
    "Kept",
    "Match",
    "Picture",
    "Plan",
    "Terms",
    "WaitingCase",
    "Worker",
    "hand_out",
    "is_kept_for",
    "match",
    "why",
    "why_nobody",
    "why_nothing",
    "why_passed_over",
]
