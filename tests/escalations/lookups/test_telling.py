"""What a look-up brought, in words, and beside what the agent said."""

import pytest

from escalations.lookups import telling
from escalations.text.mask import MASK

ORDER = {
    "id": "HP-1", "total": {"amount": 184.0, "currency": "eur"}, "paid": 12.5, "currency": "USD",
    "items": [{"sku": "TEA"}, {"sku": "MUG"}], "open": False, "count": 3, "note": "a\x00b" * 300,
    "at": "2026-11-01", "seen": "2026-11-01T14:03:00+02:00", "none": None, "big": 10**30,
}  # fmt: skip


def shown(path):
    ((_, value),) = telling.of_fields(ORDER, [["Title", path]])
    return telling.told(value)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("id", "HP-1"), ("total", "€184.00"), ("total.amount", "€184.00"), ("paid", "$12.50"),
        ("count", "3"), ("open", "no"), ("at", "1 Nov 2026"), ("seen", "1 Nov 2026, 12:03 UTC"),
        ("none", "not stated"), ("nowhere.at.all", "not stated"), ("items.1.sku", "MUG"),
        ("big", "1" + "0" * 30),
    ],
)  # fmt: skip
def test_values_are_told_in_words(path, words):
    assert shown(path) == words


def test_what_is_long_or_nested_is_short_and_one_line():
    assert len(shown("note")) <= telling.TEXT_MAX
    assert "\x00" not in shown("note")
    assert "TEA" in shown("items")


PACKAGE = {
    "proposed_actions": [
        {
            "id": "a1", "name": "refund",
            "args": {"order_id": "HP-1", "amount": "184.00", "currency": "EUR", "due": "2026-11-01", "iban": "PT50 0002 0123 1234 5678 9015 4"},
            "facts": [{"label": "Refunded before", "value": False}],
        }
    ],
    "context": {"customer": {"name": "Inès", "email": "i@example.com"}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("title", "value", "said"),
    [
        ("Amount", {"value": "184.0", "currency": "EUR"}, ""),
        ("Amount", "184", ""),
        ("Amount", {"value": "92", "currency": "EUR"}, "€184.00"),
        ("Amount", {"value": "184", "currency": "USD"}, "€184.00"),
        ("Amount", "-184.00", "€184.00"),
        ("Order", "hp-1", ""),
        ("Order", "HP-2", "HP-1"),
        ("Due", "2026-11-01T09:00:00Z", ""),
        ("Due", "2026-11-02", "1 Nov 2026"),
        ("refunded before", True, "no"),
        ("Refunded before", "no", ""),
        ("Customer name", "Ines", "Inès"),
        ("IBAN", "PT50000201231234567890154", ""),
        ("IBAN", "PT50000201231234567890155", "PT50 0002 0123 1234 5678 9015 4"),
        ("Email", "x@example.com", "i@example.com"),
        ("Name", "Teapot", ""),
        ("Weight", "3", ""),
        ("Amount", None, ""),
    ],
)
def test_only_what_the_agent_said_otherwise_differs(title, value, said):
    assert telling.said_otherwise(PACKAGE, title, value) == said


def test_what_a_reader_may_not_see_is_not_compared():
    hidden = {"proposed_actions": [{"id": "a1", "name": "x", "args": {"amount": MASK}}]}
    assert telling.said_otherwise(hidden, "Amount", "92.00") == ""


@pytest.mark.parametrize("title", ["Customer name", "Name", "Phone", "Birth date", "IBAN", "Score"])
def test_what_is_masked_in_the_package_is_masked_by_its_title(title):
    customer = {"name": MASK, "contact": {"phone": MASK}, "attributes": {"birth_date": [MASK]}}
    args = {"payee": {"iban": MASK}, "score": MASK, "order_id": "HP-1"}
    hidden = {"context": {"customer": customer}, "proposed_actions": [{"id": "a", "args": args}]}
    assert telling.is_masked(hidden, title)
    assert not telling.is_masked(hidden, "Order")
    assert not telling.is_masked(PACKAGE, title)
