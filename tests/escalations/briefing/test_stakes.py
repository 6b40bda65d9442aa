import pytest

from escalations.briefing import stakes
from escalations.proposal import calls, labels
from tests.escalations.proposal.test_calls import REFUND


@pytest.mark.parametrize(
    ("package", "sentence", "short"),
    [
        ({}, "Not provided by the agent: the amount, the risk, a way back.", "not stated"),
        (
            {"risk": {"amount": {"value": "184", "currency": "EUR"}, "reversible": False}},
            "€184.00 at stake. It cannot be taken back.",
            "€184.00, cannot be taken back",
        ),
        (
            {
                "risk": {"amount": {"value": "10", "currency": "EUR"}},
                "proposed_actions": [
                    {"id": n, "name": "x", "risk": {"amount": {"value": "6.50", "currency": "EUR"}}}
                    for n in "ab"
                ],
            },
            "€13.00 at stake. Nothing says whether it can be taken back.",
            "€13.00",
        ),
        (
            {"risk": {"level": "high"}},
            "High risk. Nothing says whether it can be taken back.",
            "high risk",
        ),
        (
            {"proposed_actions": [{**REFUND, "compensation": {"note": "Void within 24 h."}}]},
            "€184.00 at stake. It can be taken back: void within 24 h.",
            "€184.00, can be taken back",
        ),
    ],
)
def test_cost_says_what_is_lost_and_whether_it_comes_back(package, sentence, short):
    package = {"summary": "x", **package}
    cost = stakes.cost(package, calls.steps(package, labels.Names()))
    assert (cost.sentence, cost.short) == (sentence, short)
