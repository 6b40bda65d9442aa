import re

import pytest
from django.urls import reverse

from escalations.models import Event, WorkingDraft
from escalations.views import preview as views
from tests.escalations.lifecycle.test_rejudging import publish
from tests.escalations.views.policies import browser
from tests.factories import escalation

pytestmark = pytest.mark.django_db

DRAFT = "Dear Inès, we have refunded €184.00 to your card."
REPLY = "Dear Inès, we have refunded €68.00 to your card."
SCHEMA = {
    "type": "object",
    "properties": {"amount": {"type": "string", "maxLength": 6}, "count": {"type": "integer"}},
}
BOUNDED = {"id": "a1", "name": "refund", "args": {"amount": "9", "count": 1}, "args_schema": SCHEMA}


def address(case):
    return reverse("escalations:preview", args=[case.id])


def preview(case, **fields):
    return browser("dana", "reviewer").post(address(case), fields)


def compared(case, client=None, **fields):
    """What htmx gets."""
    client = client or browser("dana", "reviewer")
    fields = {"digest": case.digest} | fields
    return client.post(address(case), fields, headers={"HX-Request": "true"})


def beside(answer, name, part="so"):
    """The words of one place beside a field, without the markup around them."""
    element_id = "f-" + "".join(c if c.isalnum() else f"-{ord(c):x}-" for c in name)
    return place(answer, f"{element_id}-{part}")


def place(answer, element_id):
    found = re.search(
        rf'<(\w+)[^>]*\sid="{re.escape(element_id)}" data-preview[^>]*>(.*?)</\1>',
        answer.content.decode(),
        re.DOTALL,
    )
    return " ".join(re.sub(r"<(?!/?(?:del|ins))[^>]*>", "", found[2]).split())


def test_an_edit_is_shown_with_its_changes_and_nothing_is_done():
    case = escalation()
    version = case.version
    answer = preview(case, **{"edit:a1:/amount": "68.00", "reply": REPLY})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="edit" data-panel aria-label="Your edit">' in page
    assert 'value="68.00"' in page
    assert "<del>184.00</del><ins>68.00</ins>" in page
    case.refresh_from_db()
    assert (case.version, case.state) == (version, "waiting")


def test_while_typing_only_the_form_is_answered_with_what_each_change_means():
    case = escalation()
    answer = compared(case, **{"edit:a1:/amount": "68.00", "reply": REPLY})
    page = answer.content.decode()
    assert "<html" not in page
    assert 'id="edit"' in page
    assert place(answer, "edit-count") == "2 fields changed"
    assert beside(answer, "edit:a1:/amount") == "€116.00 less than proposed"
    assert beside(answer, "edit:a1:/amount", "was") == "<del>184.00</del>"
    assert beside(answer, "edit:a1:/currency") == "Not changed"
    assert beside(answer, "edit:a1:/currency", "was") == "EUR"
    assert "<del>184.00</del><ins>68.00</ins>" in place(answer, "edit-reply-changes")


def test_what_is_sent_as_proposed_is_nothing_changed():
    case = escalation()
    reply = case.packages.get().document["draft_response"]["text"].replace("\n", "\r\n")
    answer = compared(case, **{"edit:a1:/amount": "184.00", "reply": reply})
    assert place(answer, "edit-count") == "Nothing changed yet"
    assert place(answer, "edit-reply-changes") == ""
    assert beside(answer, "edit:a1:/amount") == "Not changed"


def test_removed_and_added_items_are_said():
    action = {"id": "a1", "name": "return", "args": {"item_ids": ["11", "12"]}}
    fields = {"drop:a1:/item_ids/0": "on", "edit:a1:/item_ids/2": "13"}
    answer = compared(escalation(proposed_actions=[action]), **fields)
    told = [beside(answer, f"edit:a1:/item_ids/{index}") for index in range(3)]
    assert told == ["Removed", "Not changed", "Added"]
    assert beside(answer, "edit:a1:/item_ids/0", "was") == "<del>11</del>"
    assert place(answer, "edit-count") == "2 fields changed"


def test_another_tool_is_a_change():
    action = {"id": "a1", "name": "refund", "args": {}, "switchable_to": ["credit"]}
    case = escalation(proposed_actions=[action])
    assert place(compared(case, **{"tool:a1": "credit"}), "tool-1-so") == "Changed"
    assert place(compared(case, **{"tool:a1": "refund"}), "tool-1-so") == "Not changed"
    answer = compared(case, **{"tool:a1": "rm"})
    assert place(answer, "fault-1") == "The agent does not offer “rm” instead."


@pytest.mark.parametrize("ask", [preview, compared])
def test_faults_stand_beside_their_fields(ask):
    case = escalation(proposed_actions=[BOUNDED])
    answer = ask(case, **{"edit:a1:/amount": "1840000.00", "edit:a1:/count": "two"})
    told = [beside(answer, f"edit:a1:/{key}", "fault") for key in ("amount", "count")]
    assert told == ["At most 6 characters; this has 10.", "A whole number is needed, such as 12."]
    assert answer.content.decode().count('aria-invalid="true"') == 2


def test_hostile_text_stays_text():
    answer = compared(escalation(), **{"reply": "<script>x</script>", "edit:a1:/amount": "<b>"})
    page = answer.content.decode()
    assert "<script" not in page
    assert "<b>" not in page.partition('id="wants"')[0]
    assert "&lt;script&gt;" in place(answer, "edit-reply-changes")


def test_nothing_is_written_and_the_statements_are_few(django_assert_num_queries):
    case, client = escalation(), browser("dana", "reviewer")
    lines = Event.objects.count()
    with django_assert_num_queries(6):
        assert compared(case, client, reply=REPLY).status_code == 200
    assert (Event.objects.count(), WorkingDraft.objects.count()) == (lines, 0)


def test_what_was_typed_into_an_older_package_is_not_compared():
    case = escalation()
    assert compared(case, digest="sha256:0").status_code == 409
    assert compared(case, digest="").status_code == 409


def test_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(views, "BYTES_MAX", 1_000)
    assert compared(escalation(), reply="x" * 1_000).status_code == 413


def test_a_stranger_finds_nothing_and_a_get_is_refused():
    case = escalation()
    case.requirement.skills = {"payments": 3}
    case.requirement.save()
    assert preview(case).status_code == 404
    assert compared(case).status_code == 404
    assert browser("dana", "reviewer").get(address(case)).status_code == 405


def test_whoever_reads_the_case_may_compare():
    assert compared(escalation(), browser("ada", "auditor"), reply=REPLY).status_code == 200


LIMITS = {"EUR": {"approve_up_to": "1000.00", "two_people_from": "500.00"}}


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("499.00", ""),
        (
            "600.00",
            (
                "The amount is €600.00; two people approve from €500.00. Sent, it is your part: 2 "
                "others have to approve it."
            ),
        ),
        (
            "99999.00",
            (
                "The amount is €99,999.00; a person takes over above €1,000.00. Sent, it is held, and "
                "the case asks for that first."
            ),
        ),
    ],
)
def test_the_rule_that_an_edit_meets_is_told_while_typing(amount, said):
    publish(amounts=LIMITS, amount_from={"refund": {"amount": "/amount"}})
    case = escalation()
    typed = {"edit:a1:/amount": amount, "version": str(case.version), "id": "c-1"}
    answer = compared(case, **typed)
    assert place(answer, "edit-held") == said
    whole = preview(case, **typed)
    assert place(whole, "edit-held") == said
    case.refresh_from_db()
    assert (case.level, case.approvals, case.version) == (2, 1, 1)


def test_what_cannot_be_sent_meets_no_rule():
    publish(amounts=LIMITS)
    case = escalation(proposed_actions=[BOUNDED])
    answer = compared(case, **{"edit:a1:/count": "many", "version": "1"})
    assert place(answer, "edit-held") == ""


def test_what_would_leave_stands_in_the_brief_and_on_the_buttons_while_typing():
    case = escalation()
    typed = {"version": str(case.version), "reply": DRAFT}
    answer = compared(case, **typed | {"edit:a1:/amount": "50"})
    page = answer.content.decode()
    wants = page.partition('id="wants"')[2].partition('id="if-wrong"')[0]
    assert "Refund €50.00" in wants
    assert "<del>184.00</del> <ins>50.00</ins>" in wants
    cost = place(answer, "if-wrong")
    assert cost.startswith("<del>€184.00 at stake.")
    assert "<ins>€50.00 at stake." in cost
    assert page.count('data-does="refund €50.00 and reply"') == 3
    assert 'data-tidy="50.00"' in page
    assert place(answer, "edit-reply-says") == "The reply still says €184.00."
    answer = compared(case, **typed | {"edit:a1:/amount": "50.00", "reply": REPLY})
    assert place(answer, "edit-reply-says") == ""
    assert "data-tidy" not in answer.content.decode()


@pytest.mark.parametrize(
    "fields", [{}, {"edit:a1:/amount": "50", "version": "9"}, {"edit:a1:/amount": "184.00"}]
)
def test_what_cannot_leave_or_is_no_change_names_nothing(fields):
    answer = compared(escalation(), **{"version": "1", "reply": DRAFT} | fields)
    page = answer.content.decode()
    assert "data-does" not in page
    assert "Refund €184.00" in page.partition('id="wants"')[2]
    assert "<del>" not in place(answer, "if-wrong")


@pytest.mark.parametrize(
    ("new", "reply", "said"),
    [
        ("Black", "Your olive one comes on Monday.", "The reply still says “Olive”."),
        ("Black", "The black instead of the olive one.", ""),
        ("Black", "An oliver comes.", ""),
        ("Olive", "Your olive one comes on Monday.", ""),
    ],
)
def test_a_reply_with_what_was_changed_is_remarked(new, reply, said):
    action = {"id": "a1", "name": "exchange", "args": {"to": "Olive", "order": "7"}}
    case = escalation(proposed_actions=[action], draft_response={"text": DRAFT})
    answer = compared(case, version=str(case.version), reply=reply, **{"edit:a1:/to": new})
    assert place(answer, "edit-reply-says") == said


@pytest.mark.parametrize(
    ("verb", "field", "so"),
    [
        ("respond", "message", "Sent, it is held"),
        ("say", "text", "Hand back without it"),
        ("hand_back", "promises", "Hand back without it"),
        ("hand_back", "first_line", "Hand back without it"),
        ("call", "promises", "Hand back without it"),
        ("call", "notes", "Hand back without it"),
    ],
)
def test_the_rule_that_words_would_meet_is_told_while_they_are_typed(verb, field, so):
    publish(amounts=LIMITS)
    case = escalation()
    client = browser("dana", "reviewer")
    at = reverse("escalations:held", args=[case.id])

    def told(words):
        fields = {"version": case.version, field: words}
        return client.post(f"{at}?verb={verb}", fields).content.decode().strip()

    held = told("You get €6,000.00.")
    assert "Money in your words: the amount is €6,000.00; " in held
    assert so in held
    assert told("You get your €184.00.") == ""
    case.refresh_from_db()
    assert (case.version, case.state, case.level) == (1, "waiting", 2)
