"""Which values of an answer count, as an admin writes it."""

import pytest

from escalations.lookups import fields


def test_what_is_written_reads_back():
    typed = "Order total = total.amount\n\n  Paid = payment.paid \nA = B = items.0.name"
    found = [("Order total", "total.amount"), ("Paid", "payment.paid"), ("A = B", "items.0.name")]
    assert fields.written(typed) == found
    assert fields.written(fields.lines(found)) == found
    assert fields.written(" \n") == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Order total", "is no field"),
        ("= total", "is no field"),
        ("Order total =", "is no field"),
        ("Order total = total amount", "is no field"),
        ("A = a\nA = b", "is there twice"),
        ("x" * 121 + " = a", "at most 120"),
        ("\n".join(f"{n} = a" for n in range(21)), "at most 20"),
    ],
)
def test_what_is_none_is_said(typed, said):
    with pytest.raises(ValueError, match=said):
        fields.written(typed)
