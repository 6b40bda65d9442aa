"""An answer is held exactly when a fresh package with its content would have needed more.

Checked by a small table of its own, which calls nothing of triage.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from random import Random

import pytest

from escalations import lifecycle
from escalations.models import Escalation, requirements
from escalations.policy import check, versions
from escalations.proposal.choices import Choice
from escalations.record.lines import Actor
from escalations.refusals import Conflict
from tests.factories import NOW, after, escalation, key, viewer

POLICIES, PAIRS = 500, 10
SAMPLED = 12
SEED = 8
LEGAL_LIMIT = 10_000
KINDS = ("card", "gift", "voucher")
AMOUNTS = (0, 20, 79, 80, 81, 400, 499, 500, 999, 5_000, 10_000, 10_001, 99_999)
WORDS = ("Hello.", "We send a present.", "We refund it.", "A present, and a refund.")


@dataclass
class Needs:
    """What a package needs, by the table."""

    level: int
    approvals: int = 1
    skills: dict[str, int] = field(default_factory=dict)
    hard: bool = False

    def at_least(self, level=1, approvals=1, skills=None):
        self.level = max(self.level, level)
        self.approvals = max(self.approvals, approvals)
        for name, grade in (skills or {}).items():
            self.skills[name] = max(grade, self.skills.get(name, 0))


def needed(package, terms):
    """The table: every way in which these policies ask for more."""
    needs = Needs(terms["level"], terms["approvals"], dict(terms["skills"]))
    source = terms["amount_from"].get("refund")
    moved = sum(of_action(action, source) for action in package["proposed_actions"])
    if moved > LEGAL_LIMIT:
        needs.hard = True
        needs.at_least(level=2)
    limits = terms["amounts"].get("EUR", {})
    for name, level in (("alone_up_to", 2), ("approve_up_to", 3), ("take_over_up_to", 4)):
        if name in limits and moved > float(limits[name]):
            needs.at_least(level=level)
    two = limits.get("two_people_from")
    if two and stated(package, source) and moved >= float(two):
        needs.at_least(level=2, approvals=2)
    for rule in terms["rules"]:
        if meets(package, rule):
            needs.at_least(rule.get("level", 1), rule.get("approvals", 1), rule.get("skills"))
    # Each asks for an approval; and where the policy looks in vain, a person looks.
    needs.at_least(level=2)
    return needs


def of_action(action, source):
    """The larger of what its risk says and what its call would move."""
    said = float(action.get("risk", {}).get("amount", {}).get("value", 0))
    in_call = float(action["args"]["amount"])
    # Where the policy looks in vain, what looks like an amount counts.
    if source is None or source["amount"] == "/nowhere":
        return max(said, in_call)
    elif source["amount"] is None:
        return said
    else:
        # What is written with decimals counts no cents.
        in_cents = source["minor_units"] and "." not in str(action["args"]["amount"])
        return max(said, in_call / 100 if in_cents else in_call)


def stated(package, source):
    """Whether there is an amount at all, be it nothing."""
    in_calls = source is None or source["amount"] is not None
    actions = package["proposed_actions"]
    return any("risk" in action or in_calls for action in actions)


def meets(package, rule):
    if rule["field"] == "draft_response.text":
        return rule["value"] in package.get("draft_response", {}).get("text", "")
    return any(one["args"]["kind"] == rule["value"] for one in package["proposed_actions"])


def task_type(rng):
    """The terms of one kind of work, all of them stated."""
    limits = sorted(rng.sample((80, 500, 999, 5_000), 3))
    names = ("alone_up_to", "approve_up_to", "take_over_up_to")
    amounts = {
        name: str(limit) for name, limit in zip(names, limits, strict=True) if rng.random() < 0.7
    }
    if rng.random() < 0.5:
        amounts["two_people_from"] = str(rng.choice(AMOUNTS[1:]))
    sources = (
        None,
        {"amount": "/amount", "currency": "/currency", "minor_units": False},
        {"amount": "/amount", "currency": "EUR", "minor_units": True},
        {"amount": None},
        {"amount": "/nowhere"},
    )
    source = rng.choices(sources, (3, 4, 2, 1, 1))[0]
    return {
        "title": "Refunds",
        "level": rng.choice((1, 2, 2, 2, 3, 4)),
        "approvals": rng.choice((1, 1, 1, 1, 2)),
        "skills": rng.choice(({}, {}, {"money": 1})),
        "amounts": {"EUR": amounts} if amounts and rng.random() < 0.8 else {},
        "amount_from": {} if source is None else {"refund": source},
        "rules": [a_rule(rng) for _ in range(rng.randrange(4))],
    }


def a_rule(rng):
    effects = ({"level": 2}, {"level": 3}, {"level": 4}, {"approvals": 2}, {"approvals": 3})
    effects += ({"skills": {"money": 2}}, {"skills": {"gifts": 1}}, {"level": 3, "approvals": 2})
    kinds = [("proposed_actions.args.kind", "is", kind) for kind in KINDS]
    field_and_value = rng.choice([("draft_response.text", "mentions", "present"), *kinds])
    named = dict(zip(("field", "operator", "value"), field_and_value, strict=True))
    return {**named, "reason": "A rule", **rng.choice(effects)}


def a_package(rng):
    package = {
        "task_type": "refund",
        "summary": "Refund it?",
        "proposed_actions": [an_action(rng, f"a{n}") for n in range(rng.randrange(1, 4))],
        # Above level 1, so that a person decides.
        "requested": {"approvals_needed": 1},
        "context": {"reasoning": {"confidence": 0.99}},
    }
    if rng.random() < 0.6:
        package["draft_response"] = {"text": rng.choice(WORDS)}
    return package


def an_action(rng, action_id):
    amount = rng.choice(AMOUNTS[: rng.choice((3, 6, 13))])
    args = {"amount": rng.choice((amount, f"{amount}.00")), "currency": "EUR"}
    action = {"id": action_id, "name": "refund", "args": {**args, "kind": rng.choice(KINDS)}}
    if rng.random() < 0.4:
        said = rng.choice(AMOUNTS[:6])
        action["risk"] = {"amount": {"value": f"{said}.00", "currency": "EUR"}}
    return action


def an_edit(rng, package):
    """The choice of a person, and the package that would have asked for the same."""
    sent, items = deepcopy(package), []
    kept = []
    for action in sent["proposed_actions"]:
        verb = rng.choice(("approve", "edit", "edit", "edit", "edit", "reject"))
        item = {"action_id": action["id"], "type": verb}
        if verb == "edit":
            action["args"]["amount"] = rng.choice(AMOUNTS)
            action["args"]["kind"] = rng.choice(KINDS)
            item["edited"] = {"name": "refund", "args": dict(action["args"])}
        if verb != "reject":
            kept.append(action)
        items.append(item)
    changed = any(
        action["args"] != was["args"]
        for was in package["proposed_actions"]
        for action in kept
        if action["id"] == was["id"]
    )
    reply = rng.choice(WORDS) if "draft_response" in package and rng.random() < 0.5 else None
    if reply is not None:
        changed = changed or reply != package["draft_response"]["text"]
        sent["draft_response"]["text"] = reply
    sent["proposed_actions"] = kept
    return Choice("edit", actions=items, reply=reply), sent, changed, bool(kept)


def decided(case, choice, by, *, now):
    """How the press ended: `decided`, `second` or `held`."""
    try:
        after_it = lifecycle.decide(
            case, choice, by=by, version=case.version, reject_reasons=[], now=now
        )
    except Conflict as refused:
        held = refused.code == "held_by_rule" and refused.detail.startswith("Not sent: ")
        return "held" if held else refused.detail
    return str(after_it.state)


def compare(case, package, terms, answer, by):
    choice, sent, changed, cleared = answer
    was, asks = needed(package, terms), needed(sent, terms)
    assert (case.level, case.approvals) == (was.level, was.approvals)
    lacking = any(grade > was.skills.get(skill, 0) for skill, grade in asks.skills.items())
    further = changed and (asks.level > was.level or lacking or (asks.hard and not was.hard))
    more_people = changed and asks.approvals > was.approvals
    alone = max(was.approvals, asks.approvals if changed else 1) <= 1 or not cleared
    ending = "decided" if alone else "second"
    found = decided(case, choice, by, now=after(1))
    assert found == ("held" if further else ending), (was, asks)
    case = Escalation.objects.get(pk=case.pk)
    people = max(was.approvals, asks.approvals) if further or more_people else was.approvals
    assert case.approvals == people
    if further:
        assert case.level == max(was.level, asks.level)
        skills = requirements.skills_of(case.requirement_id)
        assert skills == {
            name: max(asks.skills.get(name, 0), was.skills.get(name, 0))
            for name in {**asks.skills, **was.skills}
        }
        assert decided(case, choice, by, now=after(2)) == ending
    return "held" if further else "more people" if more_people else "within"


@pytest.mark.django_db
def test_an_answer_is_held_exactly_when_its_content_needs_more(every):
    rng, by, agent = Random(SEED), viewer("ruth", "supervisor"), key()
    seen = dict.fromkeys(("held", "more people", "within"), 0)
    for _ in range(POLICIES if every else SAMPLED):
        terms = task_type(rng)
        document = check.check({"schema": "handoff.policy/1", "task_types": {"refund": terms}})
        expected = versions.current().number
        versions.publish(document, by=Actor("operator", "test"), now=NOW, expected=expected)
        for _ in range(PAIRS):
            package = a_package(rng)
            case = escalation(package, by=agent)
            seen[compare(case, package, terms, an_edit(rng, package), by)] += 1
    assert all(seen.values()), seen
