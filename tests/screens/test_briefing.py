"""The briefing in a real browser: one screenful, readable by anybody, harmed by nothing."""

import json

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import lifecycle
from escalations.models import Decision, Escalation
from tests import extremes, packages
from tests.factories import escalation, key, person
from tests.screens.hand.pressing import NOT_YET

SIZES = [(1440, 900), (390, 844)]
# What must stand on the first screen, and how far down a fixed bar covers it.
BOXES = """() => {
  const bar = document.querySelector(".bottom-bar");
  const floor = bar.checkVisibility() ? bar.getBoundingClientRect().top : innerHeight;
  const parts = {question: "#ask .q", reason: ".ledger .stop .txt", action: "#proposal .steps > li",
                 reply: "#proposal .draft .fence", cost: "#if-wrong"};
  const outside = Object.entries(parts).filter(([, where]) => {
    const box = document.querySelector(where)?.getBoundingClientRect();
    return box && (box.height === 0 || box.top < 48 || box.bottom > floor || box.right > innerWidth);
  }).map(([name]) => name);
  const button = [...document.querySelectorAll('form[data-command="approve"] button')]
    .find((one) => one.checkVisibility());
  const box = button?.getBoundingClientRect();
  if (!box || box.bottom > innerHeight || box.right > innerWidth) outside.push("Approve");
  if (document.documentElement.scrollWidth > innerWidth) outside.push("page is too wide");
  return outside;
}"""


@pytest.fixture
def dana():
    return person("dana")


@pytest.mark.long
def test_every_real_case_is_judged_without_scrolling(
    desk, transactional_db, dana, shared_data, every
):
    """The extremes of 300 packages stand for them; `--all` takes them all."""
    agent = key()
    lines = (shared_data / "retail-packages.jsonl").read_text().splitlines()
    real = [json.loads(line) for line in lines]
    if not every:
        real = extremes.of(real, lambda one: (one["task_type"], one["trigger"]["type"]))
    cases = [escalation(package, by=agent) for package in real]
    # Five calls each with what it rests on are more than one screen holds.
    calls = [{**one, "facts": []} for one in packages.FULLEST["proposed_actions"]]
    cases.append(escalation(packages.FULLEST | {"proposed_actions": calls}, by=agent))
    page = desk(dana, java_script_enabled=False)
    found = {}
    for case in cases:
        page.goto(f"/escalations/{case.id}/")
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            outside = page.evaluate(BOXES)
            if outside:
                found[f"{case.case_number} at {width}"] = outside
    assert found == {}


def test_the_parts_have_the_names_of_the_contract(desk, transactional_db, dana):
    case = escalation()
    page = desk(dana, f"/escalations/{case.id}/")
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", level=1, name=case.summary)).to_be_visible()
    for name in ("Conversation", "Reasoning", "Customer", "Process", "Environment", "Proposal"):
        expect(main.get_by_role("region", name=name, exact=True)).to_be_visible()
    for name in ("Approve: refund €184.00 and reply", "Edit", "Reject", "Respond"):
        expect(main.get_by_role("button", name=name).first).to_be_visible()
    for name in ("Conversation", "Process", "Environment"):
        region = main.get_by_role("region", name=name, exact=True)
        expect(region).to_contain_text("not provided by the agent")


@pytest.mark.long
def test_a_visit_finds_nothing(desk, transactional_db, dana, faults):
    agent, page, found = key(), desk(dana), {}
    for package in (packages.SMALLEST, packages.SEED, packages.FULLEST):
        case = escalation(package, by=agent)
        page.goto(f"/escalations/{case.id}/")
        expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
        found[case.summary] = faults(page)
    page.get_by_role("button", name="Edit").first.click()
    expect(page.locator("#edit")).to_be_visible()
    found["edit form"] = faults(page)
    assert {case: what for case, what in found.items() if what} == {}


def test_a_hostile_package_harms_nothing(desk, transactional_db, dana, server):
    package = packages.without_nul(packages.HOSTILE)
    case = escalation(package)
    page = desk(dana)
    requests, dialogs = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(f"/escalations/{case.id}/")
    for fold in page.locator("#case details").all():
        fold.evaluate("fold => { fold.open = true; }")
    page.wait_for_timeout(500)
    assert [url for url in requests if not url.startswith(server.url)] == []
    assert dialogs == []
    assert page.evaluate("window.hacked") is None
    assert (
        page.locator("#case a[href^='http'], #case a[href^='javascript'], #case img").count() == 0
    )
    assert page.locator("#case :is(script, style, iframe, object, base, meta)").count() == 0
    assert page.locator("#case [onerror], #case [onload], #case [hx-get*='evil']").count() == 0
    assert page.locator("h1").count() == 2
    assert (
        page.evaluate("""() => [...document.querySelectorAll("body *")].some((one) =>
      [...one.childNodes].some((node) => node.nodeType === 3
        && /[\\u202a-\\u202e\\u2066-\\u2069\\u200b\\ufeff\\u001b]/.test(node.data)
        && !one.closest("textarea")))""")
        is False
    )
    expect(page.locator("#case .fence.inject").first).to_be_visible()


def test_ten_thousand_turns_do_not_make_the_page_heavy(desk, transactional_db, dana):
    messages = [{"role": "customer", "text": "x" * 400} for _ in range(2_000)]
    case = escalation(context={"conversation": {"messages": messages}})
    page = desk(dana)
    answer = page.goto(f"/escalations/{case.id}/")
    assert len(answer.body()) < 300_000
    page.get_by_text("Show turns 1 to 1950").click()
    expect(page.locator("#turn-1")).to_be_visible()
    expect(page.get_by_text("Show turns 101 to 1950")).to_be_visible()
    assert page.locator(".turn").count() == 150


def test_an_edit_by_hand_reaches_the_agent_as_typed(desk, transactional_db, dana):
    case = escalation(undo=0)
    page = desk(dana, f"/escalations/{case.id}/")
    page.get_by_role("button", name="Edit").first.click()
    page.get_by_label("Amount").fill("68.00")
    page.get_by_label("Reply to Inès Carvalho").fill("Dear Inès, we have refunded €68.00.")
    expect(page.locator("#edit-count")).to_have_text("2 fields changed")
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    send = page.get_by_role("button", name="Send edit: Refund €68.00 and reply").first
    expect(send).to_be_visible()
    # Whose words changed a moment ago takes no press.
    expect(page.locator(NOT_YET)).to_have_count(0)
    send.click()
    expect(page.locator("#toasts .toast")).to_be_visible()
    document = Decision.objects.get().document
    (action,) = document["actions"]
    assert action["call"] == {
        "name": "refund",
        "args": {"order_id": "HP-20931", "amount": "68.00", "currency": "EUR"},
    }
    assert document["response"]["text"] == "Dear Inès, we have refunded €68.00."


def test_every_decision_works_without_script(desk, transactional_db, dana):
    agent = key()
    cases = [escalation(by=agent) for _ in range(4)]
    page = desk(dana, java_script_enabled=False)
    page.goto(f"/escalations/{cases[0].id}/")
    page.get_by_role("button", name="Approve").click()
    page.goto(f"/escalations/{cases[1].id}/")
    page.get_by_role("button", name="Reject").first.click()
    page.get_by_role("button", name="Another reason").click()
    page.goto(f"/escalations/{cases[2].id}/")
    page.get_by_role("button", name="Respond").first.click()
    page.get_by_label("Your answer", exact=True).fill("We will ring her.")
    page.get_by_role("button", name="Send answer").click()
    page.goto(f"/escalations/{cases[3].id}/")
    page.get_by_role("button", name="Edit").first.click()
    page.get_by_label("Amount").fill("68.00")
    page.locator("#edit").get_by_role("button", name="Send edit").click()
    outcomes = {case.id: case.outcome for case in Escalation.objects.all()}
    assert [outcomes[case.id] for case in cases] == ["approved", "rejected", "responded", "edited"]


def test_claims_light_the_turn_they_rest_on(desk, transactional_db, dana):
    page = desk(dana, f"/escalations/{escalation(packages.FULLEST).id}/")
    page.get_by_role("button", name="Turn 1").first.click()
    expect(page.locator("#turn-1.lit")).to_be_visible()
    expect(page.locator("#turn-1 mark").first).to_have_text("our bank details changed")


def test_a_lit_turn_stays_lit_when_the_case_changes(desk, transactional_db, dana):
    case = escalation(packages.FULLEST)
    page = desk(dana, f"/escalations/{case.id}/")
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    page.get_by_role("button", name="Turn 1").first.click()
    lifecycle.add_context(
        case,
        {"logs": [{"at": "2026-11-19T14:00:00Z", "text": "x"}]},
        agent="mira",
        now=timezone.now(),
    )
    expect(page.locator("#case-news")).to_contain_text("Changed while you had it open.")
    expect(page.locator("#turn-1.lit")).to_be_visible()
    expect(page.get_by_role("button", name="Turn 1").first).to_have_attribute(
        "aria-pressed", "true"
    )


def test_the_head_of_a_level_4_case_says_that_a_person_is_needed_now(desk, dana):
    """Opened directly it said “Refund?”, and its level stood at the foot of the briefing."""
    said = {"conversation": {"messages": [{"role": "customer", "text": "I smell gas here"}]}}
    urgent, other = escalation(now=timezone.now(), context=said), escalation(now=timezone.now())
    assert (urgent.level, other.level) == (4, 2)
    page = desk(dana, f"/escalations/{urgent.id}/")
    head, now = page.locator("#ask"), page.get_by_text("A person is needed now.")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        expect(now).to_be_in_viewport(ratio=1)
        expect(head).to_contain_text("A person is needed now.")
    lifecycle.cancel(urgent, agent="mira", now=timezone.now())
    for case in (urgent, other):
        page.goto(f"/escalations/{case.id}/")
        expect(head).to_be_visible()
        expect(now).to_have_count(0)
