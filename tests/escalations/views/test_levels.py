import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from escalations import access, policy, policy_check, policy_draft
from escalations.models import Event, PolicyDraft, PolicyVersion
from tests.escalations.test_policy import NOW, admin

pytestmark = pytest.mark.django_db
ROLES = ("reviewer", "supervisor", "admin", "auditor")
DOCUMENT = {
    "schema": "handoff.policy/1",
    "task_types": {
        "refund": {
            "title": "Refunds",
            "level": 1,
            "amounts": {"EUR": {"alone_up_to": "80.00", "approve_up_to": "500.00"}},
        },
        "data_deletion": {"title": "Data deletion", "level": 2},
    },
}


def address(name: str, *arguments: object) -> str:
    return reverse(f"escalations:{name}", args=arguments)


def browser(username: str, role: str = "admin", name: str = "") -> Client:
    people = get_user_model().objects
    user = people.filter(username=username).first() or people.create_user(
        username, role=role, first_name=name
    )
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def in_force():
    policy.current()
    policy.publish(policy_check.check(DOCUMENT), by=admin("ruth", "Ruth"), now=NOW, expected=1)


@pytest.fixture
def ruth(in_force) -> Client:
    return browser("ruth")


def draft_of(username: str):
    user = get_user_model().objects.get(username=username)
    return policy_draft.of(access.viewer_of(user), policy.current())


def text(response) -> str:
    html = re.sub(
        r"<(script|style|svg).*?</\1>|<option.*?</option>",
        " ",
        response.content.decode(),
        flags=re.DOTALL,
    )
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


ALONE = {
    "edit": "refund|1",
    "level": "1",
    "amount": "80.00",
    "currency": "EUR",
    "act_at": "85 %",
    "review_below": "70 %",
    "flag_share": "100 %",
}
APPROVED = {
    "edit": "refund|2",
    "level": "1",
    "amount": "500.00",
    "currency": "EUR",
    "answer_within": "1 h",
    "approvals": "1",
}

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
def test_supervisors_and_admins_read(in_force, name, arguments):
    answers = {
        role: browser(role, role).get(address(name, *arguments)).status_code for role in ROLES
    }
    assert answers == {"reviewer": 403, "supervisor": 200, "admin": 200, "auditor": 403}


@pytest.mark.parametrize(("name", "arguments", "sent"), CHANGE)
def test_only_admins_change(in_force, name, arguments, sent):
    for role in ("reviewer", "supervisor", "auditor"):
        assert browser(role, role).post(address(name, *arguments), sent).status_code == 403
    assert Client().post(address(name, *arguments), sent).status_code == 302
    assert (PolicyVersion.objects.count(), PolicyDraft.objects.count()) == (2, 0)


@pytest.mark.parametrize(("name", "arguments", "sent"), CHANGE)
def test_a_get_changes_nothing(ruth, name, arguments, sent):
    assert ruth.get(address(name, *arguments), sent).status_code == 405
    assert (PolicyVersion.objects.count(), PolicyDraft.objects.count()) == (2, 0)


def test_a_right_taken_away_is_gone_at_once(ruth):
    get_user_model().objects.filter(username="ruth").update(role="supervisor")
    assert ruth.post(address("levels-cell"), ALONE).status_code == 403
    assert "Keep in draft" not in ruth.get(address("levels"), {"edit": "refund|1"}).content.decode()


def test_strangers_sign_in_first(in_force):
    assert Client().get(address("levels")).url == "/accounts/login/?next=/levels/"


# The table


def test_the_table_shows_what_is_in_force(ruth):
    shown = text(ruth.get(address("levels")))
    assert "Version 2, in force since 21 Nov" in shown
    assert "Refunds, level 1: up to €80.00 and 85 % sure; from 70 %, all checked after" in shown
    assert "Refunds, level 2: under 70 % sure or over €80.00" in shown
    assert "Refunds, level 3: over €500.00 or asks for a person" in shown
    assert "Refunds, level 4: not used" in shown
    assert "Data deletion data_deletion never alone cannot be undone" in shown
    assert "Everything else task types without a row" in shown


def test_a_supervisor_sees_no_control(in_force):
    page = (
        browser("leo", "supervisor").get(address("levels"), {"edit": "refund|1"}).content.decode()
    )
    assert "Refunds" in page
    assert 'name="edit"' not in page
    assert "Go back to" not in page


def test_statements_do_not_grow_with_task_types(ruth, django_assert_num_queries):
    with django_assert_num_queries(7):
        ruth.get(address("levels"))
    many = {f"type/{n}": {"level": 2} for n in range(30)}
    document = policy_check.check({"schema": "handoff.policy/1", "task_types": many})
    policy.publish(document, by=admin("leo"), now=NOW, expected=2)
    ruth.get(address("levels"))
    with django_assert_num_queries(7):
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
    assert policy.current().number == 2
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
        "reject_reasons": "Photo is dated before delivery\nThe request is not justified",
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
    assert list(wrong.context["rule_form"].errors) == ["field"]
    removal = {"edit": "refund|3", "index": "0", "reason": "Something else"}
    assert ruth.post(address("levels-rule-remove"), removal).status_code == 404
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
    assert "Exchanges retail/exchange, new" in shown
    assert "Refunds refund, to be removed" in shown
    assert ruth.get(address("levels"), {"edit": "refund"}).status_code == 404
    ruth.post(address("levels-drop"))
    assert PolicyDraft.objects.count() == 0


def test_a_locked_task_type_says_so(ruth):
    ruth.post(address("levels-cell"), {**ALONE, "edit": "data_deletion|1", "amount": ""})
    assert "never alone" in text(ruth.get(address("levels")))


# Publish, conflict, rollback


def test_publish(ruth):
    ruth.post(address("levels-cell"), ALONE | {"act_at": "90"})
    answer = ruth.post(
        address("levels-publish"), {"expected": "2", "note": "More care"}, follow=True
    )
    assert "Version 3, in force since" in text(answer)
    assert "Version 3 is in force." in answer.content.decode()
    assert policy.current().document.for_task_type("refund").act_at == 0.9
    newest = policy.history(count=1)[0]
    assert (newest.by.name, newest.version.note) == ("Ruth", "More care")
    assert Event.objects.filter(chain="policy").count() == 3


def test_of_two_admins_the_second_is_told_who_and_loses_nothing(ruth):
    leo = browser("leo", name="Leo")
    leo.post(address("levels-cell"), ALONE | {"act_at": "95", "review_below": "75"})
    ruth.post(address("levels-cell"), ALONE | {"act_at": "90"})
    ruth.post(address("levels-publish"), {"expected": "2"})
    refused = leo.post(address("levels-publish"), {"expected": "2", "note": "Leo's reasons"})
    assert refused.status_code == 409
    shown = text(refused)
    assert "Ruth published version 3 at" in shown
    assert "Nothing of yours is lost" in shown
    assert "Leo&#x27;s reasons</textarea>" in refused.content.decode()
    brought = leo.post(address("levels-forward"), {"note": "Leo's reasons"})
    assert "Your changes now stand on version 3." in text(brought)
    assert "Both of you had changed: refund: act_at." in text(brought)
    assert "Leo&#x27;s reasons</textarea>" in brought.content.decode()
    leo.post(address("levels-publish"), {"expected": "3", "note": "Leo's reasons"})
    refund = policy.current().document.for_task_type("refund")
    assert (refund.act_at, refund.review_below, policy.current().number) == (0.95, 0.75, 4)


def test_publish_without_a_draft(ruth):
    assert ruth.post(address("levels-publish"), {"expected": "2"}).status_code == 404


def test_going_back(ruth):
    ruth.post(address("levels-cell"), ALONE | {"act_at": "90"})
    ruth.post(address("levels-publish"), {"expected": "2"})
    page = text(ruth.get(address("levels-version", 2)))
    assert "Refunds: acts alone when at least 90 % sure → 85 % sure" in page
    assert "It becomes version 4." in page
    answer = ruth.post(address("levels-restore", 2), {"expected": "3", "note": "Too strict"})
    assert answer.url == "/levels/"
    assert policy.current().document.for_task_type("refund").act_at == 0.85
    newest = policy.history(count=1)[0].version
    assert (newest.number, newest.restores, newest.note) == (4, 2, "Too strict")
    late = ruth.post(address("levels-restore", 3), {"expected": "3", "note": "My note"})
    assert late.status_code == 409
    assert "Ruth published version 4" in text(late)
    assert "My note</textarea>" in late.content.decode()
    assert ruth.post(address("levels-restore", 2), {"expected": "4"}).status_code == 422
    assert ruth.post(address("levels-restore", 9), {"expected": "4"}).status_code == 404


def test_compare_any_two(ruth):
    shown = text(ruth.get(address("levels-compare"), {"first": "1", "second": "2"}))
    assert "From version 1 to version 2" in shown
    assert "Refunds: new task type, level 1" in shown
    assert "From version 1 to version 2" in text(ruth.get(address("levels-compare")))
    assert ruth.get(address("levels-compare"), {"first": "7"}).status_code == 404
    assert "No difference." in text(
        ruth.get(address("levels-compare"), {"first": "2", "second": "2"})
    )


def test_history_names_who_and_when(ruth):
    shown = text(ruth.get(address("levels")))
    assert "Version 2, 21 Nov, 09:00, Ruth" in shown
    assert "As installed Version 1," in shown


def test_what_an_admin_types_is_never_markup(ruth):
    hostile = "<script>alert(1)</script>"
    ruth.post(address("levels-add"), {"name": "x", "title": hostile, "level": "2"})
    page = ruth.get(address("levels"), {"edit": "x"}).content.decode()
    assert hostile not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
