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


@pytest.mark.parametrize(
    ("key", "value", "label", "told"),
    [
        ("call_back_within_min", 60, "call back within (min)", "call back within 60 min"),
        ("validFor_days", 30, "valid for (days)", "valid for 30 days"),
        ("discount_pct", 10, "discount (%)", "discount 10 %"),
        ("timeout_seconds", 5, "timeout (s)", "timeout 5 s"),
        # The least of them, not minutes.
        ("price_min", 60, "price (min)", "price (min) 60"),
        ("days", 3, "days", "days 3"),
        ("quantity", 2, "quantity", "quantity 2"),
    ],
)
def test_in_what_something_is_counted_stands_behind_the_number(key, value, label, told):
    assert call_parts.label(key) == label
    value = call_parts.Value(str(value))
    assert call_parts.SentencePart(call_parts.label(key), (value,)).told == told
