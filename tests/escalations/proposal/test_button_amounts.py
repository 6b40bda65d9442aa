"""What the button says of the money in a call."""

import pytest

from escalations.proposal import button_amounts


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({"amount": "5k EUR"}, ("5k EUR",)),
        ({"amount": 50, "currency": "EUR"}, ("€50.00",)),
        ({"unit_price": "50.00", "quantity": 120, "currency": "EUR"}, ("120 × €50.00",)),
        ({"price": "50 EUR", "qty": "120"}, ("120 × 50 EUR",)),
        ({"body": "<price>50</price><qty>120</qty>"}, ("120 × 50.00",)),
        ({"payload": "amount=6000&currency=EUR"}, ("€6,000.00",)),
    ],
)
def test_each_amount_is_told_and_how_many_there_are_of_it(args, told):
    assert button_amounts.of(args, "") == told
