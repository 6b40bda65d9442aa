import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.proposal import call_parts, calls, labels
from tests import packages

REFUND = {
    "id": "a1",
    "name": "payments.refund",
    "args": {
        "order_id": "HP-20931",
        "line": 1,
        "amount": "184.00",
        "currency": "EUR",
        "to": "card_4417",
        "idempotency_key": "hp-20931-r1",
    },
}
RETAIL_TOOLS = {
    "exchange_delivered_order_items": "Exchange",
    "return_delivered_order_items": "Return",
    "modify_pending_order_items": "Modify",
    "modify_pending_order_address": "Modify pending order address",
    "modify_pending_order_payment": "Modify pending order payment",
    "modify_user_address": "Modify user address",
    "cancel_pending_order": "Cancel pending order #W",
    "transfer_to_human_agents": "Transfer to human agents",
}


def steps(*actions, **package):
    return calls.steps(
        {"summary": "x", "proposed_actions": list(actions), **package}, labels.Names()
    )


def question(*actions, customer="Inès Carvalho", replies=False, options=False):
    return calls.question(
        steps(*actions), customer=customer, agent="Mira", replies=replies, options=options
    )


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("exchange_delivered_order_items", "Exchange delivered order items"),
        ("payments.refund", "Refund"),
        ("createTicket", "Create ticket"),
        ("mcp__shop__send-mail", "Send mail"),
        ("\u202eevil", "▯evil"),
        ("___", "Act"),
    ],
)
def test_verb_phrase_reads_tool_names(name, phrase):
    assert call_parts.verb_phrase(name) == phrase


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("payment_method_id", "payment method"),
        ("item_ids", "items"),
        ("address1", "address 1"),
        ("zip", "zip"),
        ("id", "id"),
        ("ids", "ids"),
    ],
)
def test_label_reads_argument_names(key, label):
    assert call_parts.label(key) == label


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        ("184", "EUR", "€184.00"),
        ("1925.5", "USD", "$1,925.50"),
        ("0.0001", "GBP", "£0.0001"),
        ("-3", "EUR", "−€3.00"),
        (12.5, "SEK", "SEK 12.50"),
        (7, "", "7.00"),
        ("many", "EUR", ""),
        ("NaN", "EUR", ""),
        ("1e999999", "EUR", ""),
    ],
)
def test_money_has_its_symbol_and_two_decimals(value, currency, text):
    assert call_parts.money(value, currency) == text


def test_a_call_becomes_a_plain_sentence():
    (step,) = steps(REFUND)
    assert step.sentence == "Refund €184.00 to card ending 4417: order HP-20931, line 1"
    assert step.money == "€184.00"
    assert step.call == {"name": "payments.refund", "args": REFUND["args"]}


def test_an_unknown_call_names_its_arguments():
    (step,) = steps(
        {
            "id": "a",
            "name": "exchange_delivered_order_items",
            "args": {
                "order_id": "#W2378156",
                "item_ids": ["1", "2"],
                "new_item_ids": [],
                "gift": True,
                "to": {"city": "Porto", "zip": "4000"},
                "note": None,
            },
        }
    )
    assert step.sentence == (
        "Exchange delivered order items: order #W2378156, items 1 and 2, no new items, gift yes, "
        "to city Porto and zip 4000, note none"
    )


def test_ids_carry_the_names_that_the_package_gives_them():
    context = {
        "customer": {
            "name": "Yusuf Rossi",
            "id": "yusuf_1",
            "cards": {"c9": {"id": "c9", "brand": "mastercard", "last_four": "2478"}},
        },
        "process": {
            "completed": [
                {
                    "detail": {
                        "name": "Keyboard",
                        "product_id": "p1",
                        "variants": {
                            "77": {
                                "item_id": "77",
                                "options": {"switch": "clicky", "backlight": "none"},
                            }
                        },
                    }
                }
            ]
        },
    }
    assert labels.read(context).labels == {
        "yusuf_1": "Yusuf Rossi",
        "c9": "Mastercard ending 2478",
        "p1": "Keyboard",
        "77": "Keyboard (clicky, backlight none)",
    }
    package = {
        "summary": "x",
        "proposed_actions": [
            {"id": "a", "name": "swap", "args": {"new_item_ids": ["77"], "card_id": "c9"}}
        ],
    }
    (step,) = calls.steps(package, labels.read(context))
    assert step.sentence == (
        "Swap: new items Keyboard (clicky, backlight none) (77), card Mastercard ending 2478 (c9)"
    )


def test_the_agents_title_is_used_only_if_its_figures_are_in_the_arguments():
    honest = {**REFUND, "title": "Refund €184.00 to the Visa card ending 4417."}
    (step,) = steps(honest)
    assert step.lead == "Refund €184.00 to the Visa card ending 4417"
    assert [part.label for part in step.parts] == ["order", "line", "to"]
    (step,) = steps({**REFUND, "title": "Refund €18.40"})
    assert step.lead == "Refund €184.00 to card ending 4417"
    assert step.said == "Refund €18.40"


def test_a_title_without_the_amount_gets_it():
    (step,) = steps({**REFUND, "title": "Refund the grinder"})
    assert step.lead == "Refund the grinder, €184.00"
    assert calls.approve_label([step], replies=False) == "refund the grinder, €184.00"


def test_a_question_is_asked_by_its_title_and_only_where_nothing_is_done():
    asked = {"id": "q", "name": "ask", "kind": "question", "title": "Which courier?"}
    asked["description"] = "The customer lives on an island."
    assert question(asked) == "Which courier?"
    assert question(asked, REFUND) == "Refund €184.00 to Inès Carvalho, and 1 more?"


def test_what_an_action_depends_on_is_told_by_its_place():
    other = {"id": "b", "name": "send_label", "depends_on": [REFUND["id"], "nothing"]}
    assert [step.depends_on for step in steps(REFUND, other)] == [(), (1,)]


def test_an_amount_without_currency_takes_that_of_the_stated_risk():
    action = {"id": "a", "name": "issue_refund", "args": {"amount": 68}}
    (step,) = steps(action, risk={"amount": {"value": "68.00", "currency": "EUR"}})
    assert step.sentence == "Issue refund of €68.00"
    (step,) = steps(action, risk={"amount": {"value": "70.00", "currency": "EUR"}})
    assert step.sentence == "Issue refund: amount 68"


@pytest.mark.parametrize(
    ("actions", "replies", "label"),
    [
        ([REFUND], True, "refund €184.00 and reply"),
        ([REFUND], False, "refund €184.00"),
        (
            [REFUND, {"id": "b", "name": "close_claim"}],
            True,
            "refund €184.00, close claim and reply",
        ),
        ([REFUND] * 5, True, "do all 5 actions and reply"),
        ([], True, "send the reply"),
        ([], False, ""),
    ],
)
def test_approve_label_says_what_the_button_does(actions, replies, label):
    assert calls.approve_label(steps(*actions), replies=replies) == label


def test_question_names_amount_and_person():
    assert question(REFUND) == "Refund €184.00 to Inès Carvalho?"
    titled = {**REFUND, "title": "Give back €184.00 for the grinder."}
    assert question(titled) == "Give back €184.00 for the grinder to Inès Carvalho?"
    assert question(REFUND, {"id": "b", "name": "x"}) == (
        "Refund €184.00 to Inès Carvalho, and 1 more?"
    )
    assert (
        question({"id": "a", "name": "ask", "kind": "question", "description": "Pause or cancel"})
        == "Pause or cancel?"
    )
    assert question(replies=True) == "Send this reply to Inès Carvalho?"
    assert question(options=True) == "What should Mira do for Inès Carvalho?"
    assert question(customer="") == "How should Mira go on?"


def test_summary_sets_the_tools_name_apart():
    package = {
        "summary": "cancel_order: Hi, please cancel",
        "proposed_actions": [{"id": "a", "name": "cancel_order"}],
    }
    assert calls.summary(package) == "Hi, please cancel"
    assert calls.in_words("cancel_order changes the account", package) == (
        "“Cancel order” changes the account"
    )


def test_every_real_package_reads_well(shared_data):
    lines = (shared_data / "retail-packages.jsonl").read_text().splitlines()
    for package in map(json.loads, lines):
        found = labels.read(package["context"])
        customer = package["context"]["customer"]["name"]
        known = calls.steps(package, found)
        asked = calls.question(known, customer=customer, agent="mira", replies=True, options=False)
        tool = package["proposed_actions"][0]["name"]
        assert asked.startswith(RETAIL_TOOLS[tool])
        assert asked.endswith(f"for {customer}?")
        assert "_" not in asked
        assert known[0].sentence.startswith(call_parts.verb_phrase(tool) + ": ")


def test_tricks_stay_one_short_line():
    for step in calls.steps(packages.HOSTILE, labels.Names()):
        assert "\n" not in step.sentence
        assert len(step.sentence) <= 400
        assert not set("\u202e\u2066\u200b\x1b\x07") & set(step.sentence + step.lead)


PAY = {"id": "a", "name": "pay", "args": {"amount": "20.00", "currency": "EUR"}}


def paying(**args):
    (step,) = steps({**PAY, "args": PAY["args"] | args})
    return step


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (
            {"payee": {"name": "Bob", "bank": {"iban": "NL91", "bic": "ABNA"}}},
            "Pay €20.00: payee name Bob, bank iban NL91 and bank bic ABNA",
        ),
        ({"to": [{"iban": "NL91", "by": {"on": "now"}}]}, "Pay €20.00: to iban NL91, by on now"),
        ({"a": [["x", "y"], {"b": []}]}, "Pay €20.00: a 1 x, 2 y and b empty"),
        ({"p": {"b": {"value": 5, "currency": "EUR"}, "c": None}}, "Pay €20.00: p b €5.00 and c none"),
        ({"trace_id": {"iban": "NL91"}}, "Pay €20.00: trace iban NL91"),
        ({"trace_id": "t-1"}, "Pay €20.00"),
    ],
)  # fmt: skip
def test_what_is_nested_is_told_with_its_path(args, sentence):
    step = paying(**args)
    assert (step.sentence, step.is_whole) == (sentence, True)


@pytest.mark.parametrize(
    ("args", "end"),
    [
        ({f"k{n}": n for n in range(14)}, "k11 11, and 2 more arguments"),
        ({f"k{n}": n for n in range(13)}, "k11 11, and 1 more argument"),
        ({"p": {f"k{n}": n for n in range(14)}}, "k11 11 and 2 more"),
        ({"p": list(range(9))}, "p 0, 1, 2, 3, 4, 5 and 3 more"),
        ({"p": [{f"k{n}": n for n in range(14)}]}, "k11 11, 2 more …"),
        ({"p": "x" * 200}, "x…"),
        ({"p": {"q": "x" * 200}}, "x…"),
    ],
)
def test_what_is_left_out_is_said(args, end):
    step = paying(**args)
    assert step.sentence.endswith(end)
    assert (step.is_whole, step.moves_money) == (False, True)
    (step,) = steps({"id": "a", "name": "tag", "args": args})
    assert (step.is_whole, step.moves_money) == (False, False)


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("5.000", "Pay: amount 5.000, currency EUR"),
        ("5000 eur", "Pay: amount 5000 eur, currency EUR"),
        ({"value": "5.00", "currency": "EUR", "to": "Bob"},
         "Pay: amount value 5.00, currency EUR and to Bob, currency EUR"),
        ({"value": "5.00", "currency": "EUR"}, "Pay €5.00: currency EUR"),
        (5.125, "Pay €5.125"),
    ],
)  # fmt: skip
def test_an_amount_that_has_two_readings_is_told_as_it_stands(amount, sentence):
    assert paying(amount=amount).sentence == sentence


RISKS = st.fixed_dictionaries(
    {},
    optional={
        "reversible": st.booleans(),
        "level": st.sampled_from(["low", "high", "critical"]),
        "amount": st.just({"value": "20.00", "currency": "EUR"}),
    },
)
ACTIONS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["close_account", "refund", "add_note"]),
        "kind": st.sampled_from(["tool_call", "question"]),
        "args": st.sampled_from([{}, {"note": "x"}, {"amount": "20.00", "currency": "EUR"}]),
    },
    optional={"risk": RISKS, "compensation": st.just({"name": "reopen"})},
)


@given(st.lists(ACTIONS, max_size=6), st.one_of(st.none(), RISKS))
def test_nothing_that_must_be_seen_is_folded(actions, risk):
    named = [{"id": f"a{place}", **one} for place, one in enumerate(actions)]
    package = {"proposed_actions": named} | ({"risk": risk} if risk else {})
    steps = calls.steps(package, labels.read(None))
    shown = calls.unfolded(steps)
    # In the agent's order, so that what is folded is what comes last.
    assert shown == steps[: len(shown)]
    for action in named[len(shown) :]:
        said = {**(risk or {}), **action.get("risk", {})}
        assert action["kind"] == "tool_call"
        assert "amount" not in action["args"]
        assert said.get("level") != "critical"
        assert said.get("reversible", "compensation" in action) is True


def test_an_account_is_not_closed_in_a_fold():
    harmless = {"name": "add_note", "risk": {"reversible": True}}
    names = [("a1", {"name": "refund", "args": {"amount": "9.00", "currency": "EUR"}})]
    names += [("a2", {"name": "close_account"}), ("a3", harmless), ("a4", harmless)]
    package = {"proposed_actions": [{"id": place, **action} for place, action in names]}
    shown = calls.unfolded(calls.steps(package, labels.read(None)))
    assert [step.action_id for step in shown] == ["a1", "a2"]


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("tool_" * 30 + "close_account", {"order": "1"}),
        ("update", {"part_" * 30 + "closes": "1"}),
        ("update", {"at": {"part_" * 30 + "closes": "1"}}),
    ],
)
def test_a_name_that_is_cut_stands_whole_in_the_call(name, args):
    """One press sent a tool and an argument whose names ended in dots."""
    step = calls.step({"id": "a1", "name": name, "args": args}, labels.Names())
    assert not step.is_whole
    assert calls.step(
        {"id": "a1", "name": "update", "args": {"order": "1"}}, labels.Names()
    ).is_whole
