"""A small desk in which every table that people and agents rely on has rows."""

import json
from datetime import timedelta

from console.models import User
from console.people import managing
from console.people.viewers import viewer_of
from escalations import intake, lifecycle
from escalations.agents import endpoints, facts_address, keys, registry, reports
from escalations.deliveries.outbox import Outcome
from escalations.deliveries.webhooks import WEBHOOKS
from escalations.facts import answering, checks
from escalations.lifecycle.conversing import receipts
from escalations.lifecycle.conversing.calling import SaidOnPhone
from escalations.lifecycle.conversing.taking_over import HandBack
from escalations.lifecycle.handing import taking
from escalations.lookups import asking, registered
from escalations.models import Agent, ApiKey, Escalation
from escalations.policy import versions
from escalations.policy.check import check
from escalations.proposal.choices import Choice
from escalations.record.lines import Actor
from escalations.schemas import reports as schemas
from routing.attendance import presence, weeks
from routing.models import Team
from routing.offers import dispatch
from routing.people import skills, teams
from routing.transfers import handovers
from tests import factories, tampering
from tests.factories import NOW, REFUND, after

ADMIN = Actor("person", "rhea")
EDITED = [{"action_id": "a1", "type": "edit", "edited": {"args": {"amount": "1.00"}}}]


def build() -> None:
    """Everything below, the last of it ten minutes after NOW."""
    people = _people()
    mira = _agents()
    _policy(people["rhea"])
    tampering.history()
    tampering.cancelled()
    _agreed(mira, people)
    _revised_and_reported(mira, people)
    _handed_on(mira, people)
    _sent(mira, people)
    _offered(mira, people)
    _spoken(mira, people)
    _asked_again(mira, people)
    _looked_up(mira, people)
    _handed_to_another(mira, people)
    _open(mira, people)
    _joined(mira)


def _joined(mira: ApiKey) -> None:
    """Another run of the agent asks for the same call."""
    for number in (1, 2):
        factories.escalation(
            by=mira, correlation_id="order-8", idempotency_key=f"order-8-run-{number}",
            requested={"join": True}, now=after(300 + number),
        )  # fmt: skip


def _people() -> dict[str, User]:
    skills.add("refunds", "trade", by=ADMIN, now=NOW)
    skills.add("German", "language", by=ADMIN, now=NOW)
    roles = {"rhea": "admin", "priya": "supervisor", "amara": "reviewer", "tomasz": "reviewer"}
    found = {
        name: managing.create(
            name, role=role, first_name=name.title(), last_name="Whitlock",
            skills={"refunds": 4, "German": 3}, by=ADMIN, now=NOW,
        )[0]
        for name, role in roles.items()
    }  # fmt: skip
    amara = found["amara"]
    days = [weeks.Day(number, "09:00-17:00", "12:00-12:30") for number in range(5)]
    weeks.replace(amara, days, by=ADMIN, now=NOW)
    starts, ends = NOW + timedelta(days=35), NOW + timedelta(days=38)
    weeks.add_time_off(amara, starts=starts, ends=ends, reason="Away", by=ADMIN, now=NOW)
    managing.set_load(amara, 6, {"refund": 3}, by=ADMIN, now=NOW)
    night = teams.add("Night", "pull", by=ADMIN, now=NOW)
    team = Team.objects.exclude(pk=night.pk).first()
    teams.set_duty(amara, team=team, time_zone="Europe/Berlin", by=ADMIN, now=NOW)
    managing.change(
        found["tomasz"], first_name="Tomasz", last_name="Nowak", role="reviewer", by=ADMIN, now=NOW
    )
    return found


def _agents() -> ApiKey:
    agent = registry.create("atlas", by=ADMIN, now=NOW)
    key, _ = keys.create(agent, callback_hosts=["hooks.example"], by=ADMIN, now=NOW)
    keys.rotate(key, by=ADMIN, now=after(1))
    other, _ = keys.create(agent, by=ADMIN, now=after(2))
    keys.revoke(other, by=ADMIN, now=after(3))
    endpoint, _ = endpoints.register(
        agent, name="main", url="https://hooks.example/hook", by=ADMIN, now=NOW
    )
    endpoints.disable(endpoint, by=ADMIN, now=after(1))
    endpoints.enable(endpoint, by=ADMIN, now=after(2))
    _facts_read_elsewhere()
    return ApiKey.objects.select_related("agent").get(pk=key.pk)


def _facts_read_elsewhere() -> None:
    agent = registry.create("orion", by=ADMIN, now=NOW)
    orders = "https://orders.example/{args.order_id}"
    facts_address.put(agent, url=orders, token="t", values=[("Total", "total")], by=ADMIN, now=NOW)


def _policy(admin: User) -> None:
    current = versions.current()
    document = current.document.dump()
    document["task_types"] = {"refund": {"title": "Refunds"}}
    versions.publish(
        check(document), by=viewer_of(admin), note="Refunds have a name", now=after(1),
        expected=current.number,
    )  # fmt: skip


def _agreed(mira: ApiKey, people: dict[str, User]) -> None:
    """Two people: an approval, an edit that ends it, an approval of the edit, taken back, again."""
    priya, amara, tomasz = (viewer_of(people[name]) for name in ("priya", "amara", "tomasz"))
    case = factories.escalation(by=mira, requested={"approvals_needed": 2})
    acts = ((amara, Choice("approve")), (priya, Choice("edit", actions=EDITED)))
    for second, (by, choice) in enumerate((*acts, (tomasz, Choice("approve"))), start=1):
        case = _decided(case, choice, by, second)
    if case.state != "decided":
        case = _decided(case, Choice("approve"), amara, 4)
    by = next(one for one in (priya, amara, tomasz) if one.user_id == case.decided_by_id)
    case = lifecycle.undo(case, by=by, version=case.version, now=after(5))
    _decided(case, Choice("approve"), by, 6)


def _revised_and_reported(mira: ApiKey, people: dict[str, User]) -> None:
    earlier = factories.escalation(by=mira, summary="Refund it")
    case = factories.escalation(
        {"task_type": "refund", "summary": "In short", "draft_response": "Dear Inès, done.",
         "proposed_actions": [{"id": "a1", "name": "refund", "args": {"amount": "9.00"}}]},
        by=mira, re_escalates=earlier.id, correlation_id="order-7", idempotency_key="order-7-x",
    )  # fmt: skip
    factories.escalation(by=mira, supersedes=earlier.id)
    lifecycle.add_context(case, {"reasoning": {"notes": "They wrote"}}, agent="atlas", now=after(1))
    body = {**REFUND, "draft_response": "Another", "requested": {"excluded_reviewers": ["priya"]}}
    case = intake.revise(
        mira, Escalation.objects.get(pk=case.pk), json.dumps(body).encode(), now=after(2)
    ).escalation
    case = _decided(case, Choice("approve"), viewer_of(people["amara"]), 3)
    told = schemas.Outcome(
        outcome="executed", detail="Sent", cost={"value": "9.00", "currency": "EUR"}
    )
    reports.report(case, told, agent="atlas", now=after(120))
    told = schemas.Outcome(outcome="failed", detail="The bank said no")
    reports.report(case, told, agent="atlas", now=after(121))
    survey = schemas.Feedback(csat=4, effort=2, resolved=True, had_to_repeat=False, comment="Good")
    reports.feedback(case, survey, agent="atlas", now=after(122))


def _handed_on(mira: ApiKey, people: dict[str, User]) -> None:
    """Passed on, snoozed, woken, given, declined, overdue."""
    priya, amara, tomasz = (viewer_of(people[name]) for name in ("priya", "amara", "tomasz"))
    case = factories.escalation(by=mira, requested={"assignee": "nobody-here"})
    case = lifecycle.claim(case, by=amara, now=after(1))
    case = lifecycle.pass_on(
        case, by=amara, version=2, skills={"German": 2}, text="They write German", now=after(2)
    )
    case = lifecycle.pass_on(case, by=tomasz, version=3, person=amara, text="Yours", now=after(3))
    case = lifecycle.snooze(
        case, by=amara, version=4, until=after(60), text="They call back", now=after(4)
    )
    lifecycle.wake(case, now=after(60))
    case = Escalation.objects.get(pk=case.pk)
    case = lifecycle.reassign(
        case, by=priya, version=case.version, to=tomasz, until=after(120), text="You know them",
        now=after(61),
    )  # fmt: skip
    case = lifecycle.decline(case, by=tomasz, reason="other", text="On a break", now=after(62))
    case = lifecycle.claim(case, by=amara, now=after(63))
    lifecycle.hand_over(case, holder=amara.user_id, to=priya, text="Mine", now=after(64))


def _sent(mira: ApiKey, people: dict[str, User]) -> None:
    amara = viewer_of(people["amara"])
    for place, callback in enumerate(({}, {"url": "https://hooks.example/own"})):
        asked = {"callback": callback} if callback else {}
        case = factories.escalation(by=mira, **asked)
        _decided(case, Choice("reject", reason_code="other"), amara, place)
    for leased in WEBHOOKS.lease_due(2, now=after(30)):
        WEBHOOKS.settle(leased, Outcome(status=200), now=after(31))


def _offered(mira: ApiKey, people: dict[str, User]) -> None:
    """What dispatch offered: accepted, missed, and open still."""
    amara, tomasz = people["amara"], people["tomasz"]
    for person in (amara, tomasz):
        presence.beat({person.pk: True}, after(200))
        presence.set_state(person, "present", by=viewer_of(person), now=after(200))
    for second in (201, 202, 203):
        dispatch.dispatch(after(second))
    for case in Escalation.objects.filter(state="offered", offered_to=amara).order_by("pk")[:1]:
        lifecycle.accept(case, by=viewer_of(amara), now=after(204))
    for case in Escalation.objects.filter(state="offered", offered_to=tomasz).order_by("pk")[:1]:
        lifecycle.end_offer(case, now=after(400))


def _asked_again(mira: ApiKey, people: dict[str, User]) -> None:
    """Whether facts still hold: answered, of another version, and not yet."""
    amara, tomasz = (viewer_of(people[name]) for name in ("amara", "tomasz"))
    facts = [{"label": "Order total", "value": "184.00"}]
    action = {**REFUND["proposed_actions"][0], "facts": facts}
    case = factories.escalation(by=mira, proposed_actions=[action])
    for second, by in ((300, amara), (302, tomasz)):
        check = checks.ask(
            case, case.packages.get(), by=by, command=f"press{second}", now=after(second)
        )
        told = [{"action_id": "a1", "label": "Order total", "value": str(second)}]
        answering.answer(case, check.id, told, agent="atlas", now=after(second + 1))
    checks.ask(case, case.packages.get(), by=amara, now=after(310))


def _looked_up(mira: ApiKey, people: dict[str, User]) -> None:
    """Two look-ups: one that was read, failed and is asked again, and one that is there no more."""
    said = {"agent": mira.agent, "token": "t", "values": [("Order", "id")], "by": ADMIN}
    orders = "https://orders.example/{args.order_id}"
    order = registered.put(None, name="Order", task_type="refund", url=orders, now=NOW, **said)
    gone = registered.put(None, name="Gone", task_type="", url=orders, now=NOW, **said)
    registered.remove(gone, by=ADMIN, now=after(1))
    case = factories.escalation(by=mira)
    amara = viewer_of(people["amara"])
    for second, fault in ((320, ""), (330, "It answered with an error (500)."), (340, None)):
        reading = asking.ask(case, order.pk, by=amara, now=after(second))
        if fault is not None:
            values = [] if fault else [["Order", "HP-1"]]
            asking.keep(reading, values, fault, now=after(second + 1))


def _handed_to_another(mira: ApiKey, people: dict[str, User]) -> None:
    """A case that another agent has by now."""
    case = factories.escalation(by=mira, hand_to_agent="orion")
    orion = Agent.objects.get(name="orion")
    endpoints.register(
        orion, name="main", url="https://orion.example/hook", by=ADMIN, now=after(312)
    )
    case = _decided(case, Choice("approve"), viewer_of(people["tomasz"]), 313)
    taking.take(orion, case.decisions.get().id, now=case.effective_at)


def _open(mira: ApiKey, people: dict[str, User]) -> None:
    factories.escalation(by=mira, now=after(500))
    held = factories.escalation(by=mira, now=after(500), expires_at=None)
    held = lifecycle.claim(held, by=viewer_of(people["tomasz"]), now=after(501))
    for second in (502, 810):
        handovers.ask(held, by=viewer_of(people["amara"]), now=after(second))
        held = Escalation.objects.get(pk=held.pk)
        if second == 502:
            handovers.keep(held, by=viewer_of(people["tomasz"]), now=after(503))


def _decided(case: Escalation, choice: Choice, by, second: float) -> Escalation:
    return lifecycle.decide(
        case, choice, by=by, version=case.version, reject_reasons=["other"], now=after(second)
    )


def _spoken(mira: ApiKey, people: dict[str, User]) -> None:
    """A conversation that a person had with a customer, and handed back."""
    amara = viewer_of(people["amara"])
    case = factories.escalation(by=mira, now=after(300))
    case = lifecycle.take_over(case, by=amara, version=1, now=after(301))
    said = {"their_id": "m-1", "author": "Inès", "agent": "atlas", "now": after(302)}
    lifecycle.hear(case, "Where is it?", **said)
    lifecycle.say(case, "In Vienna.", by=amara, now=after(303))
    receipts.receive(case, 3, "read", now=after(303))
    priya = viewer_of(people["priya"])
    lifecycle.remark(case, "Be kind.", mentions=["amara"], by=priya, now=after(303))
    case.refresh_from_db()
    phoned = SaidOnPhone("reached", "In a hurry.", ["Before noon."])
    lifecycle.call(case, phoned, by=amara, version=2, now=after(303))
    told = HandBack(promises=["Before noon."], resume_at="Confirm")
    lifecycle.hand_back(case, told, by=amara, version=3, now=after(304))
