import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from console import clock
from console.models import User
from escalations import access
from escalations.models import PolicyDraft, PolicyVersion
from escalations.policy import check, versions
from tests import factories
from tests.escalations.policy.test_versions import NOW, admin
from tests.escalations.views.policies import (
    ALONE,
    DOCUMENT,
    ROLES,
    address,
    browser,
    draft_of,
    text,
)

pytestmark = pytest.mark.django_db
APPROVED = {
    "edit": "refund|2",
    "level": "1",
    "amount": "500.00",
    "currency": "EUR",
    "answer_within": "1 h",
    "approvals": "1",
}

PUBLISHING = {"levels-publish", "levels-restore", "levels-adopt", "levels-decline"}
READ = [("levels", ()), ("levels-compare", ()), ("levels-version", (1,)), ("levels-version", (2,))]
CHANGE = [
    ("levels-cell", (), ALONE | {"act_at": "90 %"}),
    ("levels-rule-add", (), {"edit": "refund|3", "field": "customer.tier", "operator": "is", "value": "vip", "reason": "VIP"}),
    ("levels-rule-remove", (), {"edit": "refund|3", "index": "0", "reason": "VIP"}),
    ("levels-add", (), {"name": "exchange", "title": "Exchanges", "level": "2"}),
    ("levels-remove", (), {"edit": "refund"}),
    ("levels-drop", (), {}),
    ("levels-publish", (), {"expected": "2"}),
    ("levels-forward", (), {}),
    ("levels-restore", (1,), {"expected": "2"}),
]  # fmt: skip


# Rights


@pytest.mark.parametrize(("name", "arguments"), READ)
def test_everybody_reads(in_force, name, arguments):
    answers = {
        role: browser(role, role).get(address(name, *arguments)).status_code for role in ROLES
    }
    versions = 403 if name == "levels" else 200
    assert answers == {"reviewer": 403, "supervisor": 200, "admin": 200, "auditor": versions}


@pytest.mark.parametrize(("name", "arguments", "sent"), CHANGE)
def test_leads_draft_and_only_admins_publish(in_force, name, arguments, sent):
    for role in ("reviewer", "supervisor", "auditor"):
        status = browser(role, role).post(address(name, *arguments), sent).status_code
        may = role == "supervisor" and name not in PUBLISHING
        assert (role, status == 403) == (role, not may)
    assert Client().post(address(name, *arguments), sent).status_code == 302
    assert PolicyVersion.objects.count() == 2


@pytest.mark.parametrize(("name", "arguments", "sent"), CHANGE)
def test_a_get_changes_nothing(ruth, name, arguments, sent):
    assert ruth.get(address(name, *arguments), sent).status_code == 405
    assert (PolicyVersion.objects.count(), PolicyDraft.objects.count()) == (2, 0)


def test_a_right_taken_away_is_gone_at_once(ruth):
    get_user_model().objects.filter(username="ruth").update(role="auditor")
    assert ruth.post(address("levels-cell"), ALONE).status_code == 403
    assert ruth.get(address("levels"), {"edit": "refund|1"}).status_code == 403


def test_strangers_sign_in_first(in_force):
    assert Client().get(address("levels")).url == "/accounts/login/?next=/levels/"


# The table


def test_the_table_shows_what_is_in_force(ruth):
    shown = text(ruth.get(address("levels")))
    assert "Version 2 , in force since 21 Nov" in shown
    assert "Refunds, level 1: up to €80.00 and 85 % sure; from 70 %, all checked after" in shown
    assert "Refunds, level 2: under 70 % sure or over €80.00" in shown
    assert "Refunds, level 3: over €500.00 or asks for a person" in shown
    assert "Refunds, level 4: not used" in shown
    assert "Data deletion never alone cannot be undone" in shown
    assert "Everything else task types without a row" in shown


def test_a_supervisor_goes_back_to_no_version(in_force):
    page = (
        browser("leo", "supervisor").get(address("levels"), {"edit": "refund|1"}).content.decode()
    )
    assert 'name="edit"' in page
    assert "Go back to" not in page


def test_statements_do_not_grow_with_task_types(ruth, django_assert_num_queries):
    with django_assert_num_queries(12):
        ruth.get(address("levels"))
    many = {f"type/{n}": {"level": 2} for n in range(30)}
    document = check.check({"schema": "handoff.policy/1", "task_types": many})
    versions.publish(document, by=admin("leo"), now=NOW, expected=2)
    ruth.get(address("levels"))
    with django_assert_num_queries(11):
        ruth.get(address("levels"))


# The draft


def test_a_cell_is_kept_in_the_draft(ruth):
    sent = ALONE | {"amount": "120.00", "act_at": "90"}
    answer = ruth.post(address("levels-cell"), sent)
    assert answer.url == "/levels/?edit=refund%7C1#editor"
    assert draft_of("ruth").sentences == [
        "Refunds: acts alone when at least 85 % sure → 90 % sure",
        "Refunds: alone up to €80.00 → €120.00",
    ]
    assert versions.current().number == 2
    page = ruth.get(answer.url)
    assert "Draft, 2 changes" in text(page)
    assert "up to <del>€80.00</del> <ins>€120.00</ins>" in page.content.decode()
    assert browser("leo", name="Leo").get(address("levels")).context["draft"] is None


def test_only_what_differs_is_stated(ruth):
    ruth.post(address("levels-cell"), ALONE | {"act_at": "90"})
    own = draft_of("ruth").document.dump()["task_types"]["refund"]
    assert own == DOCUMENT["task_types"]["refund"] | {"act_at": 0.9}
    ruth.post(address("levels-cell"), ALONE)
    assert draft_of("ruth") is None


def test_what_was_typed_wrong_stays_with_a_sentence(ruth):
    sent = ALONE | {"act_at": "most", "amount": "lots", "level": "1"}
    answer = ruth.post(address("levels-cell"), sent)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "act_at": ["Type a number from 0 to 100, such as 85 %."],
        "amount": ["Type an amount such as 80.00 or 1,925.00."],
    }
    page = answer.content.decode()
    assert 'value="most"' in page
    assert 'value="lots"' in page


def test_triggers_after_which_the_agent_acts_are_edited_and_shown(ruth):
    sent = ALONE | {"act_despite": "policy, Low confidence"}
    assert ruth.post(address("levels-cell"), sent).status_code == 302
    draft = draft_of("ruth")
    assert draft.document.for_task_type("refund").act_despite == ["policy", "low_confidence"]
    page = ruth.get(address("levels"), {"edit": "refund|1"}).content.decode()
    assert 'value="policy, low confidence"' in page
    assert "acts alone although it stops for nothing → policy and low confidence" in page
    answer = ruth.post(address("levels-cell"), ALONE | {"act_despite": "whim"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["act_despite"]


def test_a_fault_of_the_policy_stands_beside_its_field(ruth):
    answer = ruth.post(address("levels-cell"), ALONE | {"act_at": "60"})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "act_at": ["An agent cannot act alone from 60 % where it must hand over below 70 %."]
    }
    answer = ruth.post(address("levels-cell"), ALONE | {"amount": "900.00"})
    assert list(answer.context["form"].errors) == ["__all__"]
    assert PolicyDraft.objects.count() == 0


def test_levels_2_to_4(ruth):
    sent = APPROVED | {
        "approvals": "2",
        "blind": "on",
        "two_people_from": "400",
        "answer_within": "90 min",
    }
    assert ruth.post(address("levels-cell"), sent).status_code == 302
    sent = {
        "edit": "refund|3",
        "level": "1",
        "answer_within": "15 min",
        "failures_at_least": "3",
        "sentiment_below": "-0.5",
        "tiers": "vip, gold",
    }
    assert ruth.post(address("levels-cell"), sent).status_code == 302
    sent = {"edit": "refund|4", "level": "1", "answer_within": "5 min", "failures_at_least": "9"}
    assert ruth.post(address("levels-cell"), sent).status_code == 302
    own = draft_of("ruth").document.dump()["task_types"]["refund"]
    assert own == DOCUMENT["task_types"]["refund"] | {
        "approvals": 2,
        "blind": True,
        "amounts": {
            "EUR": {"alone_up_to": "80.00", "approve_up_to": "500.00", "two_people_from": "400"}
        },
        "respond_s": {"2": 5400},
        "failures_at_least": {"value": 9.0, "level": 4},
        "sentiment_below": {"value": -0.5, "level": 3},
        "tiers": {"vip": 3, "gold": 3},
    }
    shown = text(ruth.get(address("levels")))
    assert (
        "Refunds, level 3: over €500.00 or mood under -0.5; or tier vip; or tier gold; or asks for a person"
        in shown
    )
    assert "Refunds, level 4: not used failed 9 times" in shown


def test_a_limit_of_the_fallback_can_be_left_out(ruth):
    ruth.post(
        address("levels-cell"),
        {"edit": "defaults|3", "level": "2", "answer_within": "15 min", "turns_above": "20"},
    )
    assert draft_of("ruth").document.for_task_type("refund").turns_above is not None
    ruth.post(
        address("levels-cell"),
        {"edit": "refund|3", "level": "1", "amount": "", "answer_within": "15 min"},
    )
    document = draft_of("ruth").document
    assert document.for_task_type("refund").turns_above is None
    assert document.for_task_type("other").turns_above is not None


def test_the_task_type_itself(ruth):
    sent = {
        "edit": "refund",
        "title": "Money back",
        "undo_s": "30 s",
        "expires_s": "2 days",
        "on_timeout": "return_to_agent",
        "skills": "refunds 3, german",
        "reject_reasons": "Photo is dated before delivery = Ask {customer.name} for one of today.\n"
        "The request is not justified",
    }
    assert ruth.post(address("levels-cell"), sent).status_code == 302
    refund = draft_of("ruth").document.for_task_type("refund")
    assert (refund.title, refund.undo_s, refund.expires_s) == ("Money back", 30, 172_800)
    assert refund.skills == {"refunds": 3, "german": 1}
    assert [reason.code for reason in refund.reasons_to_reject()] == [
        "photo_is_dated_before_delivery",
        "not_justified",
        "other",
    ]
    told = [reason.text for reason in refund.reasons_to_reject()]
    assert told == ["Ask {customer.name} for one of today.", None, None]
    page = ruth.get(address("levels"), {"edit": "refund"}).content.decode()
    assert "Photo is dated before delivery = Ask {customer.name} for one of today." in page
    unknown = sent | {"reject_reasons": "No photo = Ask {customer.nam}."}
    answer = ruth.post(address("levels-cell"), unknown)
    assert answer.status_code == 422
    assert (
        "No case fills in {customer.nam}. Did you mean {customer.name}?" in answer.content.decode()
    )


def test_where_amounts_are_read_is_edited_and_shown(ruth):
    kept = {"edit": "refund", "title": "Refunds", "undo_s": "10 s", "on_timeout": "escalate"}
    lines = "payments.refund: /amount, /currency\npay: /cents, EUR, minor units\nnote: no money"
    answer = ruth.post(address("levels-cell"), kept | {"amount_from": lines})
    assert answer.status_code == 302
    sources = draft_of("ruth").document.for_task_type("refund").amount_from
    assert {name: str(source) for name, source in sources.items()} == {
        "payments.refund": "/amount, /currency",
        "pay": "/cents, EUR, minor units",
        "note": "no money",
    }
    page = ruth.get(address("levels"), {"edit": "refund"}).content.decode()
    assert "pay: /cents, EUR, minor units\nnote: no money</textarea>" in page
    assert "amounts read from" in page


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("refund: amount", ("Not a place in the arguments. Write a JSON pointer such as /amount or "
         "/refund/total.")),
        ("refund", ("Write the action, where its amount stands and its currency, such as “refund: "
         "/amount, /currency”, not “refund”.")),
    ],
)  # fmt: skip
def test_a_wrong_place_of_an_amount_stands_beside_its_field(ruth, line, sentence):
    kept = {"edit": "refund", "title": "Refunds", "undo_s": "10 s", "on_timeout": "escalate"}
    answer = ruth.post(address("levels-cell"), kept | {"amount_from": line})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"amount_from": [sentence]}
    assert line in answer.content.decode()


def test_rules_are_added_and_removed(ruth):
    rule = {
        "edit": "refund|3",
        "field": "customer.tier",
        "operator": "one_of",
        "value": "vip, gold",
        "reason": "Large customers",
    }
    assert ruth.post(address("levels-rule-add"), rule).url == "/levels/?edit=refund%7C3#editor"
    added = draft_of("ruth").document.task_types["refund"].rules
    assert [(r.value, r.level, r.reason) for r in added] == [
        (["vip", "gold"], 3, "Large customers")
    ]
    assert "large customers" in text(ruth.get(address("levels")))
    wrong = ruth.post(address("levels-rule-add"), rule | {"field": "nonsense"})
    assert wrong.status_code == 422
    assert "“”" not in str(wrong.context["rule_form"].errors["field"])
    assert "Not a field of a package. Use a path such as customer.tier" in text(wrong)
    assert "autofocus" in str(wrong.context["rule_form"]["field"])
    misspelt = ruth.post(address("levels-rule-add"), rule | {"field": "customer.teir"})
    assert misspelt.status_code == 422
    assert misspelt.context["rule_form"].errors == {
        "field": ["“customer” of a package has no “teir”. Did you mean customer.tier?"]
    }
    removal = {"edit": "refund|3", "index": "0", "reason": "Something else"}
    assert ruth.post(address("levels-rule-remove"), removal).status_code == 409
    removal["reason"] = "Large customers"
    assert ruth.post(address("levels-rule-remove"), removal).status_code == 302
    assert draft_of("ruth") is None


def test_task_types_come_and_go(ruth):
    new = {"name": "retail/exchange", "title": "Exchanges", "level": "3"}
    assert ruth.post(address("levels-add"), new).url == "/levels/?edit=retail%2Fexchange#editor"
    again = ruth.post(address("levels-add"), new)
    assert again.status_code == 422
    assert again.context["new_form"].errors == {
        "name": ["There is a task type of this name already."]
    }
    assert ruth.post(address("levels-add"), new | {"name": "Not So"}).status_code == 422
    ruth.post(address("levels-remove"), {"edit": "refund"})
    shown = text(ruth.get(address("levels")))
    assert "Exchanges new" in shown
    assert "Refunds to be removed" in shown
    assert ruth.get(address("levels"), {"edit": "refund"}).status_code == 404
    ruth.post(address("levels-drop"))
    assert PolicyDraft.objects.count() == 0


def test_a_locked_task_type_says_so(ruth):
    ruth.post(address("levels-cell"), {**ALONE, "edit": "data_deletion|1", "amount": ""})
    assert "never alone" in text(ruth.get(address("levels")))


def test_what_an_admin_types_is_never_markup(ruth):
    hostile = "<script>alert(1)</script>"
    ruth.post(address("levels-add"), {"name": "x", "title": hostile, "level": "2"})
    page = ruth.get(address("levels"), {"edit": "x"}).content.decode()
    assert hostile not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


# What nobody can do, and how much there is of what


def test_rows_say_answer_by_skills_and_cases(ruth):
    key = factories.key()
    for _ in range(2):
        factories.escalation(by=key, now=clock.now())
    shown = ruth.get(address("levels")).context["rows"]
    words = {row.name: " ".join(one.text for one in row.answer_by) for row in shown}
    assert words["refund"].startswith("1\u00a0h")
    assert sum(row.cases for row in shown) == 2


def test_two_hundred_task_types_are_one_page(ruth, django_assert_num_queries):
    document = DOCUMENT | {
        "task_types": {f"kind_{number}": {"title": f"Kind {number}"} for number in range(200)}
    }
    versions.publish(
        check.check(document),
        by=access.viewer_of(User.objects.get(username="ruth")),
        now=NOW,
        expected=2,
    )
    ruth.get(address("levels"))
    with django_assert_num_queries(11):
        answer = ruth.get(address("levels"))
    assert len(answer.context["rows"]) == 201
    assert len(answer.content) < 900_000
