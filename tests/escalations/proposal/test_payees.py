"""The question of a case names whom its call pays."""

import pytest

from escalations.proposal import calls
from escalations.proposal.labels import Names


def question(args, customer="Petra Horvat"):
    action = {"id": "a1", "name": "pay", "args": {"amount": "450.00", "currency": "EUR", **args}}
    step = calls.step(action, Names())
    return calls.question([step], customer=customer, agent="Mira", replies=False, options=False)


@pytest.mark.parametrize(
    ("args", "asked"),
    [
        ({"to": "Mallory Quick"}, "Pay €450.00 to Mallory Quick for Petra Horvat?"),
        ({"beneficiary": "Mallory Quick", "iban": "DE89 3704 0044 0532 0130 00"},
         "Pay €450.00 to Mallory Quick for Petra Horvat?"),
        ({"recipient": "محمود درويش"}, "Pay €450.00 to محمود درويش for Petra Horvat?"),
        ({"customer": "Mallory Quick"}, "Pay €450.00 to Mallory Quick for Petra Horvat?"),
        ({"to": "Petra Horvat"}, "Pay €450.00 to Petra Horvat?"),
        ({"to": "petra"}, "Pay €450.00 to Petra Horvat?"),
        ({"to": "Ricardo Banks"}, "Pay €450.00 to Ricardo Banks for Petra Horvat?"),
        # Where the money goes, which is nobody else's name.
        ({"to": "card_4411"}, "Pay €450.00 to Petra Horvat?"),
        ({"destination": "original payment method"}, "Pay €450.00 to Petra Horvat?"),
        ({"customer": "cus_81723"}, "Pay €450.00 to Petra Horvat?"),
    ],
)  # fmt: skip
def test_the_question_names_who_is_paid(args, asked):
    assert question(args) == asked
