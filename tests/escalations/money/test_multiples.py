"""Several of one price are the price of all, as proposed and as edited."""

import pytest

from escalations.policy.amount_source import AmountSource
from tests.escalations.money.test_in_calls import read
from tests.escalations.money.test_writing import edited, judged, limited, more, proposal
from tests.escalations.triage.judging import ALONE

LIMITED = limited()
# Each with the count that makes 50 to 6000.
SEVERAL = [
    lambda count: {"unit_price": "50.00", "quantity": count},
    lambda count: {"price": 50, "qty": str(count)},
    lambda count: {"amount": 50, "quantity": count},
    lambda count: {"unit_amount": 50, "count": count},
    lambda count: {"line_items": [{"unit_price": 50, "quantity": count}, {"price": 0, "qty": 9}]},
    lambda count: {"item": {"price": {"value": "50", "currency": "EUR"}}, "quantity": count},
    lambda count: {"unit_prices": ["50"], "quantities": [1, count]},
    lambda count: {"price_per_night": 50, "nights": count},
    lambda count: {"price_per_item": 50, "items": count},
    lambda count: {"hourly_rate": 50, "hours": count},
    lambda count: {"monthly_fee": 50, "number_of_months": count},
    lambda count: {"voucher_value": 50, "vouchers": count},
    lambda count: {"einzelpreis": "50,00 €", "anzahl": count},
    lambda count: {"precio": 50, "cantidad": count},
    lambda count: {"prix_unitaire": 50, "quantité": count},
    lambda count: {"cena": 50, "ilość": count},
    lambda count: {"单价": 50, "数量": count},
    lambda count: {"args": [{"name": "price", "value": 50}, {"name": "quantity", "value": count}]},
    lambda count: {"order": f"price=50&quantity={count}"},
    lambda count: {"order": f"<price>50</price><qty>{count}</qty>"},
    lambda count: {"order": f'{{"price": 50, "quantity": {count}}}'},
]


@pytest.mark.parametrize("args", SEVERAL)
def test_so_many_of_them_are_as_much(args):
    assert judged(args(120), LIMITED) == (4, 2)
    assert judged(args(1), LIMITED) == (2, 1)
    held = more(proposal(args(1)), edited(args(120)))
    assert (held.verdict.level, held.verdict.approvals) == (4, 2)
    assert more(proposal(args(1)), edited(args(1) | {"note": "x"})) is None
    assert judged(args(120), ALONE)[0] == 2


@pytest.mark.parametrize(
    ("args", "amount"),
    [
        ({"total": 50, "quantity": 120}, "50"),
        ({"total_price": 50, "quantity": 120}, "50"),
        ({"total": 150, "price": 50, "quantity": 3}, "150"),
        ({"amount": 150, "unit_price": 50, "quantity": 3}, "150"),
        ({"amount": 160, "unit_price": 50, "quantity": 3}, "160"),
        ({"quantity": 3, "lines": [{"price": 50, "quantity": 3}]}, "150"),
        ({"quantity": 3, "line": {"price": 50, "quantity": 3}}, "150"),
        ({"lines": [{"price": 50}, {"price": 30}], "count": 2}, "80"),
        ({"amount": 50, "days": 14, "level": 3}, "50"),
        ({"amount": {"value": 50}, "unit": "lamp"}, "50"),
        ({"price": 50, "quantity": 0}, "50"),
        ({"price": 50, "quantity": "some"}, "50"),
        ({"unit_amount": 50}, "50"),
        ({"unit_prices": [50]}, "50"),
        ({"gift_vouchers": 50}, "50"),
        ({"cantidad": 50, "currency": "EUR"}, "50"),
    ],
)
def test_what_is_the_whole_already_is_not_more(args, amount):
    assert read(args, currency="EUR") == {"EUR": amount}


def test_what_the_policy_names_is_the_amount_unless_it_is_that_of_one():
    args = {"amount": 50, "price": 50, "quantity": 3, "currency": "EUR"}
    assert read({**args, "price": 5}, AmountSource(amount="/amount")) == {"EUR": "50"}
    assert read(args, AmountSource(amount="/price")) == {"EUR": "150"}
