"""Opening hours and routing on the Levels screen."""

import pytest
from django.test import Client

from escalations.models import PolicyDraft, PolicyVersion
from escalations.policy import check, versions
from tests.escalations.policy.test_versions import NOW, admin
from tests.escalations.views.policies import DOCUMENT, address, browser, draft_of, text

pytestmark = pytest.mark.django_db
SHOP = {
    "was": "",
    "name": "Shop",
    "time_zone": "Europe/Paris",
    "mon": "9-12:30, 13:30–17",
    "sat": "22:00 - 2:00",
    "holidays": "2027-01-01\n2026-12-25\n",
}
STORED = {
    "time_zone": "Europe/Paris",
    "week": {"mon": ["09:00-12:30", "13:30-17:00"], "sat": ["22:00-02:00"]},
    "holidays": ["2026-12-25", "2027-01-01"],
}
ROUTING = {
    "offer_s": "30 s",
    "missed_offers_max": "3",
    "worry_min": "20",
    "fit": "4",
    "keep_free_min": "15",
    "shorter_first": "on",
    "after_0": "1 h 30 min",
    "who_0": "5",
    "after_1": "",
    "who_1": "",
    "after_2": "",
    "who_2": "",
    "urgent": "10",
    "high": "4",
    "normal": "2",
    "low": "1",
    "level_1": "10",
    "level_2": "10",
    "level_3": "5",
    "level_4": "1",
}
CHANGE = [
    ("levels-hours", SHOP),
    ("levels-hours-remove", {"name": "Shop"}),
    ("levels-routing", ROUTING | {"fit": "3"}),
]


@pytest.fixture
def ruth(db):
    versions.current()
    owner = admin("ruth", "Ruth")
    versions.publish(check.check(DOCUMENT), by=owner, now=NOW, expected=1)
    return browser("ruth")


@pytest.fixture
def with_shop(ruth):
    document = DOCUMENT | {"hours": {"Shop": STORED}}
    refund = DOCUMENT["task_types"]["refund"] | {"hours": "Shop", "units": 2, "strict": True}
    document["task_types"] = DOCUMENT["task_types"] | {"refund": refund}
    versions.publish(check.check(document), by=admin("leo"), now=NOW, expected=2)
    return ruth


@pytest.mark.parametrize(("name", "sent"), CHANGE)
def test_only_leads_change(with_shop, name, sent):
    for role in ("reviewer", "auditor"):
        assert browser(role, role).post(address(name), sent).status_code == 403
    assert Client().post(address(name), sent).status_code == 302
    assert with_shop.get(address(name), sent).status_code == 405
    assert (PolicyVersion.objects.count(), PolicyDraft.objects.count()) == (3, 0)


def test_a_supervisor_drafts_hours_and_publishes_none(with_shop):
    page = browser("sofia", "supervisor").get(address("levels"), {"hours": "Shop"})
    assert "Mon 09:00–12:30, 13:30–17:00; Sat 22:00–02:00" in text(page)
    assert "Keep in draft" in text(page)
    assert "levels/draft/publish/" not in page.content.decode()


# Opening hours


def test_without_opening_hours_the_panel_says_what_they_are_for(ruth):
    assert "Every hour counts for every task type." in text(ruth.get(address("levels")))


def test_opening_hours_are_added_as_people_write_them(ruth):
    answer = ruth.post(address("levels-hours"), SHOP)
    assert answer.url == "/levels/?hours=Shop#editor"
    assert draft_of("ruth").document.dump()["hours"] == {"Shop": STORED}
    shown = text(ruth.get(answer.url))
    assert "Shop , new Mon 09:00–12:30, 13:30–17:00; Sat 22:00–02:00" in shown
    assert "Europe/Paris closed on 25 Dec 2026, 1 Jan 2027 no task type keeps them yet" in shown
    assert 'value="09:00–12:30, 13:30–17:00"' in ruth.get(answer.url).content.decode()


def test_the_row_tells_who_keeps_them(with_shop):
    shown = text(with_shop.get(address("levels")))
    assert "kept by Refunds" in shown
    assert "Refunds 2 units; Shop; never below the skill level" in shown


def test_a_change_of_opening_hours_is_marked(with_shop):
    answer = with_shop.post(address("levels-hours"), SHOP | {"was": "Shop", "sat": ""})
    page = with_shop.get(answer.url).content.decode()
    assert "<del>13:30–17:00; Sat 22:00–02:00</del> <ins>13:30–17:00</ins>" in page
    assert draft_of("ruth").sentences == ["Opening hours Shop: Saturday 22:00–02:00 → closed"]


def test_renamed_hours_are_kept_by_who_kept_them(with_shop):
    with_shop.post(address("levels-hours"), SHOP | {"was": "Shop", "name": "Store"})
    document = draft_of("ruth").document
    assert (list(document.hours), document.task_types["refund"].hours) == (["Store"], "Store")


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"mon": "morning"}, {"mon": ["Type times such as 09:00-12:30, 13:30-17:00."]}),
        ({"mon": "9-25"}, {"mon": ["Type times such as 09:00-12:30, 13:30-17:00."]}),
        ({"mon": "9-9"}, {"mon": ["A time must end at another time than it begins."]}),
        ({"mon": "9-12, 11-13"}, {"mon": ["Two times overlap on Monday."]}),
        ({"sun": "1-3"}, {"sun": ["Two times overlap on Sunday."]}),
        ({"mon": "", "sat": ""}, {"__all__": ["State at least one time of the week."]}),
        ({"holidays": "Easter"}, {"holidays": ["“Easter” is not a date. Write 2026-12-25."]}),
        (
            {"time_zone": "Paris"},
            {"time_zone": ["This is not a time zone. Use a name such as Europe/Paris."]},
        ),
        ({"name": "a/b"}, {"name": ["Leave out / and ~."]}),
    ],
)
def test_opening_hours_that_cannot_be_stay_as_typed(ruth, typed, errors):
    answer = ruth.post(address("levels-hours"), SHOP | typed)
    assert answer.status_code == 422
    assert answer.context["hours_form"].errors == errors
    page = answer.content.decode()
    assert all(value in page for value in typed.values())
    assert PolicyDraft.objects.count() == 0


def test_a_name_is_given_once(with_shop):
    answer = with_shop.post(address("levels-hours"), SHOP)
    assert answer.status_code == 422
    assert answer.context["hours_form"].errors == {
        "name": ["There are opening hours of this name already."]
    }


def test_hours_that_are_kept_cannot_be_removed(with_shop):
    answer = with_shop.post(address("levels-hours-remove"), {"name": "Shop"})
    assert answer.status_code == 422
    assert "“Shop” is still kept by refunds. Give them other hours first." in text(answer)
    sent = {"edit": "refund", "title": "Refunds", "undo_s": "10 s", "on_timeout": "escalate"}
    assert with_shop.post(address("levels-cell"), sent | {"units": "2"}).status_code == 302
    assert with_shop.post(address("levels-hours-remove"), {"name": "Shop"}).status_code == 302
    assert "Shop , to be removed" in text(with_shop.get(address("levels")))
    assert with_shop.get(address("levels"), {"hours": "Shop"}).status_code == 404
    assert with_shop.post(address("levels-hours-remove"), {"name": "Shop"}).status_code == 409


def test_a_task_type_takes_hours_units_and_strictness(with_shop):
    sent = {
        "edit": "data_deletion",
        "title": "Data deletion",
        "undo_s": "10 s",
        "on_timeout": "escalate",
        "reject_reasons": "Not theirs",
        "hours": "Shop",
        "units": "3",
        "strict": "on",
    }
    assert with_shop.post(address("levels-cell"), sent).status_code == 302
    own = draft_of("ruth").document.dump()["task_types"]["data_deletion"]
    assert (own["hours"], own["units"], own["strict"]) == ("Shop", 3, True)
    wrong = with_shop.post(address("levels-cell"), sent | {"hours": "Gone", "units": "11"})
    assert set(wrong.context["form"].errors) == {"hours", "units"}


def test_an_editor_tells_who_is_told(ruth):
    shown = text(ruth.get(address("levels"), {"edit": "refund|4"}))
    assert "Told as a case waits here: on arrival: whoever fits and supervisors on shift" in shown
    assert "Told as a case" not in text(ruth.get(address("levels"), {"edit": "refund|1"}))


# Routing


def test_routing_tells_what_is_in_force(ruth):
    shown = text(ruth.get(address("levels")))
    assert "Exact skill and level from the start The skill at any level after 1 h 30 min" in shown
    assert "An offer stands for 30 s" in shown
    assert "How many minutes ahead we worry 20" in shown
    assert "How picky about fit 4" in shown
    assert "urgent 10, high 4, normal 2, low 1" in shown


def test_rings_and_settings_are_kept_in_the_draft(ruth):
    sent = ROUTING | {"offer_s": "45 s", "fit": "2.5", "low": "0.5"}
    sent |= {"after_0": "2 min", "who_0": "1", "after_1": "6 min", "who_1": "anyone"}
    answer = ruth.post(address("levels-routing"), sent)
    assert answer.url == "/levels/?routing#editor"
    assert draft_of("ruth").document.dump()["routing"] == {
        "offer_s": 45,
        "fit": 2.5,
        "rings": [{"after_min": 2, "lower_by": 1}, {"after_min": 6, "anyone": True}],
        "weights": {"urgent": 10, "high": 4, "normal": 2, "low": 0.5},
    }
    page = ruth.get(answer.url).content.decode()
    assert "<ins>One level lower</ins>" in page
    assert "<del>The skill at any level</del>" in page
    ruth.post(address("levels-routing"), ROUTING)
    assert draft_of("ruth") is None


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"offer_s": "5 s"}, {"offer_s": ["Use at least 10."]}),
        ({"offer_s": "soon"}, {"offer_s": ["Type a time such as 30 s, 5 min, 2 h or 1 day."]}),
        ({"offer_s": "45"}, {"offer_s": ["“45” says no unit: type 45 s, 45 min or 45 h."]}),
        ({"after_1": "2 h"}, {"who_1": ["Choose who, or leave the time empty."]}),
        ({"who_1": "anyone"}, {"after_1": ["Type after how long, such as 5 min."]}),
        ({"after_0": "90 s"}, {"after_0": ["Use whole minutes."]}),
        (
            {"after_1": "1 h", "who_1": "anyone"},
            {"__all__": ["Each ring must come later than the one before."]},
        ),
        ({"low": "0"}, {"low": ["Type a number from 0.01 to 1,000."]}),
    ],
)
def test_routing_that_cannot_be_stays_as_typed(ruth, typed, errors):
    answer = ruth.post(address("levels-routing"), ROUTING | typed)
    assert answer.status_code == 422
    assert answer.context["routing_form"].errors == errors
    assert PolicyDraft.objects.count() == 0


def test_two_drafts_that_do_not_go_together_are_refused_in_words(with_shop):
    sent = {"edit": "refund", "title": "Refunds", "undo_s": "10 s", "on_timeout": "escalate"}
    with_shop.post(address("levels-cell"), sent | {"units": "2"})
    with_shop.post(address("levels-hours-remove"), {"name": "Shop"})
    stella = browser("stella", name="Stella")
    deletion = sent | {"edit": "data_deletion", "title": "Data deletion", "hours": "Shop"}
    stella.post(address("levels-cell"), deletion)
    stella.post(address("levels-publish"), {"expected": "3"})
    answer = with_shop.post(address("levels-forward"), {"note": "Winter"})
    assert answer.status_code == 422
    assert "There are no opening hours “Shop”. Nothing of yours is lost" in text(answer)
    assert "Winter" in text(answer)
    assert draft_of("ruth").based_on == 3


# Who is told


def ladder(browser, name="defaults"):
    """What the form of these steps holds as it opens."""
    form = browser.get(address("levels"), {"ladder": name}).context["ladder_form"]
    sent = {"ladder": name}
    for field in form:
        value = field.value()
        if value is True:
            sent[field.html_name] = "on"
        elif value not in (None, False):
            sent[field.html_name] = value
    return sent


def test_the_form_as_it_opens_changes_nothing(ruth):
    for name in ("defaults", "refund"):
        answer = ruth.post(address("levels-ladder"), ladder(ruth, name))
        assert answer.status_code == 302, text(answer)
    assert PolicyDraft.objects.count() == 0


def test_steps_are_changed_added_and_taken_out(ruth):
    sent = ladder(ruth) | {
        "ladder_when_0": "50 % of the time",
        "ladder_when_2": "",
        "ladder_tell_2": "",
        "ladder_when_4": "1 h",
        "ladder_tell_4": "eligible",
        "ladder_every": "30 min",
        "alarm_when_1": "3 min",
        "stay_up_to_s": "2 min",
        "otherwise": "message",
    }
    assert ruth.post(address("levels-ladder"), sent).status_code == 302
    wanted = draft_of("ruth").document.for_task_type("refund")
    assert [one.model_dump(exclude_unset=True) for one in wanted.ladder] == [
        {"name": "warn", "share": 0.5, "tell": "holder"},
        {"name": "breach", "after_min": 0, "tell": "supervisors_on_shift", "widen": True},
        {"name": "all", "after_min": 10, "tell": "supervisors"},
        {"name": "step_1", "after_min": 60, "tell": "eligible", "repeat_min": 30},
    ]
    assert [one.after_min for one in wanted.alarm] == [0, 3, 4]
    assert (wanted.customer_wait.stay_up_to_s, wanted.customer_wait.otherwise) == (120, "message")
    (row,) = ruth.get(address("levels")).context["ladders"]
    words = " ".join(one.text for one in row.ladder if one.kind != "del").replace("\u00a0", " ")
    assert words.startswith("at 50 % of the time: whoever has it; when the answer is due")
    assert "ins" in {one.kind for one in row.customer_wait}


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"ladder_when_0": "soon"}, "ladder_when_0", "or a part of the time such as 80 %"),
        ({"ladder_when_0": "100 %"}, "ladder_when_0", "less than 100 %"),
        ({"ladder_when_2": "90 s"}, "ladder_when_2", "Use whole minutes."),
        ({"ladder_when_2": "when due"}, "ladder_when_2", "later than the one before"),
        ({"alarm_when_0": "50 %"}, "alarm_when_0", "Type “on arrival”, a time after it"),
        ({"ladder_tell_0": ""}, "ladder_tell_0", "Choose who is told"),
        ({"alarm_when_1": ""}, "alarm_when_1", "Type when, or choose no step."),
        ({"ladder_every": "90 s"}, "ladder_every", "Use whole minutes, from 1 min to 1 day."),
        ({"stay_up_to_s": "2 h"}, "stay_up_to_s", "Use at most 1 h."),
    ],
)
def test_what_cannot_be_is_said_while_typing_and_at_its_field(ruth, typed, field, told):
    whose = "Level 4, " if field.startswith("alarm") else "Levels 2 and 3, "
    said = text(ruth.post(address("levels-remarks"), ladder(ruth) | typed))
    assert told in said
    assert (whose in said) == (field != "stay_up_to_s")
    assert ruth.post(address("levels-remarks"), ladder(ruth)).content.count(b"<p") == 0
    answer = ruth.post(address("levels-ladder"), ladder(ruth) | typed)
    assert answer.status_code == 422
    assert list(answer.context["ladder_form"].errors) == [field]
    assert told in text(answer)
    assert PolicyDraft.objects.count() == 0


def test_a_task_type_gets_steps_of_its_own_and_gives_them_up(ruth):
    sent = ladder(ruth, "refund") | {"ladder_when_0": "40 %"}
    kept = ruth.post(address("levels-ladder"), sent)
    assert kept.status_code == 422
    assert list(kept.context["ladder_form"].errors) == ["inherit"]
    del sent["inherit"]
    assert ruth.post(address("levels-ladder"), sent).status_code == 302
    document = draft_of("ruth").document
    assert document.for_task_type("refund").ladder[0].share == 0.4
    assert document.for_task_type("").ladder[0].share == 0.8
    again = ladder(ruth, "refund")
    assert "inherit" not in again
    assert ruth.post(address("levels-ladder"), again | {"inherit": "on"}).status_code == 302
    assert PolicyDraft.objects.count() == 0


def test_there_is_no_ladder_of_what_is_not_there(ruth):
    assert ruth.get(address("levels"), {"ladder": "nothing"}).status_code == 404
    assert ruth.post(address("levels-ladder"), {"ladder": "nothing"}).status_code == 409
