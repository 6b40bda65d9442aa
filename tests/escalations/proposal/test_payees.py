"""The question of a case names whom its call pays."""

import pytest

from escalations.proposal import calls
from escalations.proposal.labels import Names


def question(args, customer="Petra Horvat", name="pay"):
    action = {"id": "a1", "name": name, "args": {"amount": "450.00", "currency": "EUR", **args}}
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


@pytest.mark.parametrize(
    "name",
    """
    refund payments.refund issue_refund issueRefund refund_order refund_customer pay send_payment
    transfer credit_account return_deposit give_goodwill_credit make_partial_refund reimburse
    """.split(),
)
def test_money_goes_to_the_customer_where_the_tool_says_so(name):
    assert question({}, name=name).endswith(" to Petra Horvat?")


@pytest.mark.parametrize(
    "name",
    """
    dispute cards.dispute open_dispute charge collect debit_account freeze hold withhold_deposit
    write_off reverse chargeback cancel_refund stop_payment reject_refund refund_reversal
    credit_check pay_invoice send_invoice send_reminder make_booking process return anything
    """.split(),
)
def test_no_money_goes_to_the_customer_where_it_may_be_another_act(name):
    asked = question({}, name=name)
    assert asked.endswith(" for Petra Horvat?")
    assert "€450.00" in asked


@pytest.mark.parametrize(
    ("name", "args", "asked"),
    [
        ("dispute", {"customer": "Mallory Quick"}, "for Mallory Quick for Petra Horvat?"),
        ("wire", {"to": "Mallory Quick"}, "to Mallory Quick for Petra Horvat?"),
        ("refund", {"customer": "Mallory Quick"}, "to Mallory Quick for Petra Horvat?"),
    ],
)
def test_somebody_else_is_told_as_the_call_says_it(name, args, asked):
    assert question(args, name=name).endswith(asked)
