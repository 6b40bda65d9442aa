"""Addresses with variables: an agent chooses what is read, never where."""

import ipaddress

import pytest

from escalations.lookups import templates

ORDERS = "https://orders.example.com/orders/{args.order_id}"
PACKAGE = {
    "metadata": {"tenant": {"id": "eu-1"}},
    "context": {"customer": {"id": "cus 7", "attributes": {"shop": "Vienna"}}},
}
ACTION = {"id": "a1", "name": "refund", "args": {"order_id": "HP-20931", "lines": [{"sku": 9}]}}
CASE = {"id": "esc_1", "number": 12, "reference": "order-8"}


def filled(template):
    def value_of(name):
        return templates.value_in(PACKAGE, name, action=ACTION, case=CASE)

    return templates.filled(template, value_of)


def of(value):
    return templates.filled(ORDERS, lambda name: value)


@pytest.mark.parametrize(
    ("template", "address"),
    [
        (ORDERS, "https://orders.example.com/orders/HP-20931"),
        ("https://o.example/?c={customer.id}", "https://o.example/?c=cus%207"),
        ("https://o.example/{metadata.tenant.id}/{case.number}", "https://o.example/eu-1/12"),
        ("https://o.example/{args.lines.0.sku}", "https://o.example/9"),
        ("https://o.example/{context.customer.attributes.shop}", "https://o.example/Vienna"),
        ("https://o.example/{action.name}/{action.id}", "https://o.example/refund/a1"),
        ("https://o.example/{case.reference}", "https://o.example/order-8"),
        ("https://o.example/all", "https://o.example/all"),
    ],
)
def test_the_case_fills_in_what_the_address_asks_for(template, address):
    assert templates.fault(template) == ""
    assert filled(template) == address


@pytest.mark.parametrize(
    ("value", "piece"),
    [
        ("a/b?c#d", "a%2Fb%3Fc%23d"), ("50%", "50%25"), ("Ä&x=1", "%C3%84%26x%3D1"),
        ("@evil.example", "%40evil.example"), ("v1..2", "v1..2"), (7, "7"), (" 8 ", "8"),
        ("{case.id}", "%7Bcase.id%7D"),
    ],
)  # fmt: skip
def test_a_value_is_one_piece_of_the_address(value, piece):
    assert of(value) == f"https://orders.example.com/orders/{piece}"


@pytest.mark.parametrize(
    "value", ["..", ".", "../admin", "a/../b", "a\\..\\b", "a\nb", "\x00", "x" * 201]
)
def test_a_value_leads_nowhere_else(value):
    with pytest.raises(templates.NotFilled, match="cannot stand in an address"):
        of(value)


@pytest.mark.parametrize("value", [None, True, {}, ["a"], {"id": 1}])
def test_what_is_no_text_fills_in_nothing(value):
    with pytest.raises(templates.NotFilled, match=r"no text or number for \{args.order_id\}"):
        of(value)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("https://{args.host}/orders", "behind the host"),
        ("https://orders{args.x}.example.com/", "behind the host"),
        ("https://orders.example.com{args.x}", "behind the host"),
        ("https://o.example/{order_id}", "Did you mean {args.order_id}?"),
        ("https://o.example/{}", "No case fills in {}"),
        ("https://o.example/{args.}", "No case fills in {args.}"),
        ("https://o.example/{args.a b}", "No case fills in"),
        ("https://o.example/{args.x", "brace is not closed"),
        ("https://o.example/}", "brace is not closed"),
        ("http://o.example/{args.x}", "must begin with https://"),
        ("https://127.0.0.1/{args.x}", "is a number, not a name"),
        ("https://u:p@o.example/{args.x}", "user name or password"),
        ("https://o.example/" + "x" * 1000, "at most 1000 characters"),
        ("orders", "not an address"),
    ],
)
def test_what_nothing_could_be_read_at_is_refused(template, said, settings):
    settings.CALLBACK_PRIVATE_ADDRESSES = ()
    assert said in templates.fault(template)


def test_private_addresses_are_for_who_allows_them(settings):
    settings.CALLBACK_PRIVATE_ADDRESSES = (ipaddress.ip_network("10.0.0.0/8"),)
    assert templates.fault("http://10.1.2.3:8080/orders/{args.id}") == ""


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b", 1),
        ("list.1", "y"),
        ("list.2", None),
        ("list.-1", None),
        ("a.b.c", None),
        ("zz", None),
    ],
)
def test_a_path_leads_to_one_value_of_an_answer(path, value):
    assert templates.at({"a": {"b": 1}, "list": ["x", "y"]}, path) == value
