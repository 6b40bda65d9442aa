"""Parts of a call in words."""

import pytest

from escalations.proposal import call_parts


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        (50, "EUR", "€50.00"), ("50", "USD", "$50.00"), (5000, "JPY", "¥5,000"),
        ("5000.00", "JPY", "¥5,000"), ("3.5", "JPY", "¥3.5"), (12, "BHD", "BHD 12.000"),
        ("-12.3456", "KWD", "−KWD 12.3456"), (7, "", "7.00"), ("x", "EUR", ""),
    ],
)  # fmt: skip
def test_money_has_the_decimals_of_its_smallest_unit(value, currency, shown):
    assert call_parts.money(value, currency) == shown
