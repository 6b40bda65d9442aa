"""What a person changed in a call, as it is read after they decided."""

from escalations.briefing import decided


def told(was, now):
    calls = [{"name": "refund", "args": {"lines": rows}} for rows in (was, now)]
    return [(one.label, one.was, one.now) for one in decided.changes(*calls)]


def test_a_line_that_was_moved_and_edited_reads_as_both():
    first, second, third = (
        {"sku": sku, "amount": amount, "quantity": 1}
        for sku, amount in (("HP-1", "10.00"), ("HP-2", "5.00"), ("HP-3", "7.00"))
    )
    said = told([first, second, third], [second, third, first | {"amount": "12.00"}])
    assert said == [
        ("line 3", "in place 1", "in place 3"),
        ("line 3 › amount", "10.00", "12.00"),
    ]


def test_a_line_that_came_and_one_that_went_read_as_before():
    line, other = ({"sku": sku, "amount": "10.00"} for sku in ("HP-1", "HP-2"))
    gone, came = told([line, other], [other]), told([other], [line, other])
    assert [(label, now) for label, _, now in gone] == [("line 1", "nothing")]
    assert [(label, was) for label, was, _ in came] == [("line 1", "nothing")]
