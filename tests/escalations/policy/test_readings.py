"""A rule that compares reads what is written in whatever way, and is met by what it cannot read."""

import pytest

from escalations.policy import operators, readings
from escalations.triage import answer_judging
from escalations.triage.answer_judging import CaseTerms
from tests.escalations.triage.judging import NOW, judge, package, policy, sentences

TERMS = CaseTerms(level=2, approvals=1, skills={}, rules=())
ABOVE_20 = {"operator": "above", "value": 20}
BELOW_20 = {"operator": "below", "value": "20"}
SOON = {"operator": "below", "value": "2027-06-01"}
IS_TRUE = {"operator": "is", "value": True}
ABSENT = object()

# What stands there, and whether these rules fire.
NUMBERS = [
    (21.5, True, False), ("21,5", True, False), ("19,5", False, True), ("25 %", True, False),
    ("25%", True, False), ("5 %", False, True), ("1.200,50 €", True, False), ("7 €", False, True),
    ("−3", False, True), ("(30)", True, True), ("1 200", True, False), ("٢٥", True, False),
    ("1.200", True, True), ("1,200", True, True), ("5 m", True, True), ("5 t", True, True),
    ("5k", True, True), ("a lot", True, True), ("", True, True), ("  ", True, True),
    (None, True, True), (True, True, True), ("NaN", True, True), ("1e999999", True, True),
    ({"value": 3}, True, True), ("9" * 60, True, False), ("12.03.2026", True, True),
    ([3, "25,0"], True, True), ([3, None], True, True), ([], False, False), (ABSENT, False, False),
]  # fmt: skip
DATES = [
    ("2027-01-02", True), ("2028-01-02", False), ("2027-05-31T23:00:00-05:00", False),
    ("02.01.2027", True), ("2.1.2027", True), ("02.01.2028", False), ("2028/01/02", False),
    ("05/07/2027", True), ("13/07/2027", False), ("31/02/2027", True), ("soon", True),
    ("2 January 2028", True), ("", True), (None, True), (1830000000, True), (ABSENT, False),
]  # fmt: skip
TRUTHS = [
    (True, True), ("true", True), ("Yes", True), (" y ", True), ("on", True), (1, True),
    (False, False), ("false", False), ("no", False), ("0", False), (0, False),
    ("", True), (None, True), ("oui", True), (7, True), ({"is": True}, True), (ABSENT, False),
]  # fmt: skip


def rule(**compares: object) -> dict:
    return {"field": "proposed_actions.args.x", "level": 3, "reason": "Large ones", **compares}


def sent(x: object) -> dict:
    args = {} if x is ABSENT else {"x": x}
    return package(sure=0.99, proposed_actions=[{"id": "a1", "name": "ship", "args": args}])


def fires(x: object, **compares: object) -> bool:
    return judge(sent(x), policy(refund={"level": 1, "rules": [rule(**compares)]})).level == 3


@pytest.mark.parametrize(("x", "above", "below"), NUMBERS)
def test_a_number_is_read_or_meets_the_rule(x, above, below):
    assert (fires(x, **ABOVE_20), fires(x, **BELOW_20)) == (above, below)


@pytest.mark.parametrize(("x", "expected"), DATES)
def test_a_date_is_read_or_meets_the_rule(x, expected):
    assert fires(x, **SOON) == expected


@pytest.mark.parametrize(("x", "expected"), TRUTHS)
def test_a_yes_is_read_or_meets_the_rule(x, expected):
    assert fires(x, **IS_TRUE) == expected


@pytest.mark.parametrize(
    ("operator", "value", "x", "expected"),
    [
        ("is", 20, "20,0", True), ("is", 20, "20 pieces", True), ("is", 20, "north", False),
        ("is", 20, True, False), ("is", 20, "", True), ("is", "2028-01-02", "02.01.2028", True),
        ("is", "true", True, True), ("one_of", [3, "gold"], "silver", False),
        ("one_of", [3, "gold"], "Gold", True), ("one_of", [3, 4], "4,0", True),
        ("is_not", True, "yes", False), ("is_not", True, "maybe", True),
        ("none_of", [20, 21], "21,0", False), ("none_of", [1200], "1.200", True),
        ("is", "gold", "", False), ("is", "gold", None, False), ("missing", None, None, True),
        ("present", None, None, False), ("above", 0.2, "25 %", True), ("above", 0.2, "15 %", False),
        ("below", 1, "50 %", True), ("at_most", 0.5, "0,75", False),
    ],
)  # fmt: skip
def test_what_equals_and_what_is_there(operator, value, x, expected):
    compares = {"operator": operator} | ({} if value is None else {"value": value})
    assert fires(x, **compares) == expected


@pytest.mark.parametrize(
    ("x", "sentence"),
    [
        ("a lot", "is “a lot”, which cannot be read as a number (rule: above 20)."),
        (None, "is empty (rule: above 20)."),
        ("25 %", "is “25 %” (rule: above 20)."),
    ],
)
def test_it_says_what_could_not_be_read(x, sentence):
    document = policy(refund={"level": 1, "rules": [rule(**ABOVE_20)]})
    expected = f"Large ones: the proposed actions args x {sentence}"
    assert sentences(judge(sent(x), document))[0] == expected


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (10, None), ("12,5", None), ("25,5", "is “25,5” (rule"), ("", "is empty (rule"),
        (None, "is empty (rule"), ("some", "is “some”, which cannot"), (ABSENT, "is taken away"),
    ],
)  # fmt: skip
def test_an_edit_is_held_by_what_cannot_be_read(x, said):
    document = policy(refund={"level": 2, "rules": [rule(**ABOVE_20)]})
    held = answer_judging.more(sent(x), document, TERMS, now=NOW, proposed=sent(9))
    assert (held is None) == (said is None)
    assert held is None or said in held.refusal


def test_another_tool_needs_no_argument_of_the_first():
    document = policy(refund={"level": 2, "rules": [rule(**ABOVE_20)]})
    other = package(sure=0.99, proposed_actions=[{"id": "a1", "name": "pick_up", "args": {}}])
    assert answer_judging.more(other, document, TERMS, now=NOW, proposed=sent(9)) is None


def test_a_value_of_the_policy_is_of_one_kind():
    kinds = [readings.kind_of(one) for one in (True, "false", 0.5, "1", 3, "2026-11-25", "gold")]
    assert [kind and kind.named for kind in kinds] == [
        "a yes or a no", "a yes or a no", "a number", "a number", "a number", "a date", None,
    ]  # fmt: skip


def test_a_number_in_brackets_may_be_below_zero_or_not():
    assert operators.test("above", 20)("(25)")
    assert operators.test("below", 0)("(25)")
    assert not operators.test("above", 20)("(15)")


@pytest.mark.parametrize("seen", ["２０２６-０２-０１", "٢٠٢٦-٠٢-٠١", "01.02.２０２６"])
def test_a_date_is_read_in_the_digits_of_every_script(seen):
    assert operators.test("above", "2026-01-01")(seen)
    assert not operators.test("above", "2026-03-01")(seen)
    assert operators.unread("above", "2026-03-01")(seen) is None


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("crypto", "he paid in crýpto"),
        ("café", "at the cafe"),
        ("café", "im CAFÉ"),
        ("crypto", "CRYPTO"),
    ],
)
def test_a_word_is_mentioned_with_or_without_its_accents(word, said):
    assert operators.test("mentions", word)(said)
    assert operators.mentioned(word, said) is not None


def test_another_word_is_not_mentioned():
    assert not operators.test("mentions", "crypto")("a crýptogram")
    assert not operators.test("mentions", "कम")("काम")
