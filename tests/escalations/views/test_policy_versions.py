import pytest

from console import clock
from console.models import User
from escalations import access
from escalations.models import Event, PolicyDraft, PolicyVersion
from escalations.policy import versions
from escalations.policy_screen import policy_draft
from tests import factories
from tests.escalations.views.policies import ALONE, address, browser, draft_of, text

pytestmark = pytest.mark.django_db


def test_publish(ruth):
    ruth.post(address("levels-cell"), ALONE | {"act_at": "90"})
    answer = ruth.post(
        address("levels-publish"), {"expected": "2", "note": "More care"}, follow=True
    )
    assert "Version 3 , in force since" in text(answer)
    assert "Version 3 is in force." in answer.content.decode()
    assert versions.current().document.for_task_type("refund").act_at == 0.9
    newest = versions.history(count=1)[0]
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
    assert "Both of you had changed: Refunds, acts alone when at least." in text(brought)
    assert "Leo&#x27;s reasons</textarea>" in brought.content.decode()
    leo.post(address("levels-publish"), {"expected": "3", "note": "Leo's reasons"})
    refund = versions.current().document.for_task_type("refund")
    assert (refund.act_at, refund.review_below, versions.current().number) == (0.95, 0.75, 4)


def test_publishing_from_an_older_screen_says_who_was_first(ruth):
    ruth.post(address("levels-cell"), ALONE | {"act_at": "90"})
    ruth.post(address("levels-publish"), {"expected": "2"})
    late = ruth.post(address("levels-publish"), {"expected": "2", "note": "The other window"})
    assert late.status_code == 409
    assert "Ruth published version 3 at" in text(late)
    assert "Nothing was changed by this." in text(late)
    assert "Nothing of yours is lost" not in text(late)
    assert versions.current().number == 3


def test_publishing_a_draft_that_was_dropped_says_so(ruth):
    late = ruth.post(address("levels-publish"), {"expected": "2"})
    assert late.status_code == 409
    assert "There is no draft of yours any more" in text(late)
    assert "Version 2 , in force since" in text(late)


GONE_TYPE = "This task type is no longer"
GONE = [
    ("levels-cell", ALONE | {"act_at": "95"}, GONE_TYPE),
    ("levels-cell", {"edit": "refund", "title": "Refunds"}, GONE_TYPE),
    ("levels-rule-add", {"edit": "refund|3", "field": "customer.tier", "operator": "is", "value": "vip", "reason": "VIP"}, GONE_TYPE),
    ("levels-rule-remove", {"edit": "refund|3", "index": "0", "reason": "VIP"}, "This rule is no longer there"),
    ("levels-remove", {"edit": "refund"}, GONE_TYPE),
    ("levels-ladder", {"ladder": "refund"}, GONE_TYPE),
    ("levels-hours-remove", {"name": "Shop"}, "These opening hours are no longer there"),
    ("levels-hours", {"was": "Shop", "name": "Shop", "time_zone": "UTC", "mon": "09:00-17:00"}, "These opening hours are no longer there"),
    ("levels-remarks", ALONE, GONE_TYPE),
]  # fmt: skip


@pytest.mark.parametrize(("name", "sent", "told"), GONE)
def test_an_act_on_what_another_window_took_away_says_that_it_is_gone(ruth, name, sent, told):
    ruth.post(address("levels-remove"), {"edit": "refund"})
    answer = ruth.post(address(name), sent)
    assert answer.status_code == (200 if name == "levels-remarks" else 409)
    assert told in text(answer)
    assert ("Refunds to be removed" in text(answer)) is (name != "levels-remarks")
    assert "refund" not in draft_of("ruth").document.task_types


@pytest.mark.parametrize(
    "asked", [{"edit": "refund|1"}, {"edit": "refund"}, {"ladder": "refund"}, {"hours": "Shop"}]
)
def test_a_click_on_what_another_window_took_away_shows_the_screen_as_it_is(ruth, asked):
    ruth.post(address("levels-remove"), {"edit": "refund"})
    answer = ruth.get(address("levels"), asked)
    assert answer.status_code == 404
    assert "no longer there" in text(answer)
    assert "Refunds to be removed" in text(answer)


def test_going_back(ruth):
    ruth.post(address("levels-cell"), ALONE | {"act_at": "90"})
    ruth.post(address("levels-publish"), {"expected": "2"})
    page = text(ruth.get(address("levels-version", 2)))
    assert "Refunds: acts alone when at least 90 % sure → 85 % sure" in page
    assert "It becomes version 4." in page
    answer = ruth.post(address("levels-restore", 2), {"expected": "3", "note": "Too strict"})
    assert answer.url == "/levels/"
    assert versions.current().document.for_task_type("refund").act_at == 0.85
    newest = versions.history(count=1)[0].version
    assert (newest.number, newest.restores, newest.note) == (4, 2, "Too strict")
    late = ruth.post(address("levels-restore", 3), {"expected": "3", "note": "My note"})
    assert late.status_code == 409
    assert "Ruth published version 4" in text(late)
    assert "My note</textarea>" in late.content.decode()
    assert ruth.post(address("levels-restore", 2), {"expected": "4"}).status_code == 422
    assert ruth.post(address("levels-restore", 9), {"expected": "4"}).status_code == 409


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
    assert "Version 2 , 21 Nov, 09:00, Ruth" in shown
    assert "As installed Version 1 ," in shown


def test_a_supervisor_proposes_and_an_admin_publishes(ruth):
    leo = browser("leo", "supervisor", "Leo")
    assert leo.post(address("levels-cell"), ALONE | {"act_at": "90"}).status_code == 302
    assert "one of them publishes it" in text(leo.get(address("levels")))
    assert leo.post(address("levels-publish"), {"expected": "2"}).status_code == 403
    shown = text(ruth.get(address("levels")))
    assert "Leo proposes 1 change." in shown
    assert "acts alone when at least 85 % sure → 90 % sure" in shown
    ruth.post(address("levels-cell"), ALONE | {"amount": "90.00"})
    own = ruth.post(address("levels-adopt"), {"of": "leo"})
    assert (own.status_code, "Publish your own draft first, or drop it." in text(own)) == (
        409,
        True,
    )
    ruth.post(address("levels-drop"))
    assert ruth.post(address("levels-adopt"), {"of": "leo"}).status_code == 302
    assert ruth.post(address("levels-publish"), {"expected": "2"}).status_code == 302
    assert versions.current().document.for_task_type("refund").act_at == 0.9
    assert (PolicyDraft.objects.count(), PolicyVersion.objects.count()) == (0, 3)
    gone = ruth.post(address("levels-adopt"), {"of": "leo"})
    assert (gone.status_code, "This proposal is no longer there" in text(gone)) == (409, True)


def test_an_admin_declines_what_a_supervisor_proposes(ruth):
    leo = browser("leo", "supervisor", "Leo")
    assert leo.post(address("levels-cell"), ALONE | {"act_at": "90"}).status_code == 302
    seen = ruth.get(address("levels")).context["proposals"][0].seen
    wanted = {"of": "leo", "seen": seen, "why": "Too early"}
    assert leo.post(address("levels-decline"), wanted).status_code == 403
    old = ruth.post(address("levels-decline"), wanted | {"seen": "x"})
    assert (old.status_code, "has changed this proposal since" in text(old)) == (409, True)
    assert ruth.post(address("levels-decline"), wanted).status_code == 302
    assert "proposes" not in text(ruth.get(address("levels")))
    assert PolicyDraft.objects.count() == 0


def test_what_nobody_can_do_is_published_only_once_it_is_meant(ruth):
    factories.person("dana", skills={"refunds": 3})
    change(ruth, "refund", {"skills": {"french": 2}})
    page = text(ruth.get(address("levels")))
    assert "Refunds : Nobody has the skill french." in page
    assert "Publish it although nobody can do that yet" in page

    refused = ruth.post(address("levels-publish"), {"expected": "2", "note": "Soon"})
    assert refused.status_code == 422
    assert "people there are now cannot do" in text(refused)
    assert versions.current().number == 2

    sent = {"expected": "2", "note": "Soon", "unstaffed": "1"}
    assert ruth.post(address("levels-publish"), sent).status_code == 302
    # So already: another change needs no tick.
    change(ruth, "refund", {"level": 3})
    assert "so already" in text(ruth.get(address("levels")))
    assert ruth.post(address("levels-publish"), {"expected": "3"}).status_code == 302


def change(browser, task_type, values):
    person = User.objects.get(pk=browser.session["_auth_user_id"])
    policy_draft.change(access.viewer_of(person), task_type, values, now=clock.now())


DELETION = {
    "edit": "data_deletion|2",
    "level": "2",
    "currency": "EUR",
    "answer_within": "2 h",
    "approvals": "1",
}


def test_over_which_amount_cases_come_to_a_level_is_said_where_it_is_opened(ruth):
    """The cell of level 3 said "over €500.00", and its editor had an empty amount."""
    shown = text(ruth.get(address("levels"), {"edit": "refund|3"}))
    assert "Cases come here over €500.00, the “Amount up to” of level 2." in shown
    shown = text(ruth.get(address("levels"), {"edit": "refund|2"}))
    assert "Cases come here over €80.00, the “Amount up to” of level 1." in shown
    for place in ("refund", "refund|1", "refund|4", "data_deletion|3"):
        assert "Cases come here over" not in text(ruth.get(address("levels"), {"edit": place}))


def test_a_draft_is_compared_with_one_version_everywhere(ruth):
    """The table showed what others had published since as a change of the draft."""
    leo = browser("leo")
    leo.post(address("levels-cell"), ALONE | {"act_at": "95 %"})
    ruth.post(address("levels-cell"), DELETION)
    ruth.post(address("levels-publish"), {"expected": "2"})
    page = leo.get(address("levels"))
    row = page.context["rows"][1]
    assert (row.name, [one.kind for one in row.answer_by if one.kind]) == ("data_deletion", [])
    assert page.context["draft"].behind
    shown = text(page)
    assert "your draft beside version 2 , on which it was begun; version 3 is in force" in shown
