"""The answer that waits for more people: what others see, agree to and change.

Pure. What a person sends while an answer stands is said of that answer, not of the proposal: an
Approve agrees to it whole, an edit and single verdicts change a part of it and leave the rest.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from escalations.lifecycle import answers
from escalations.lifecycle.answers import Answer
from escalations.proposal import verdicts
from escalations.proposal.choices import Choice
from escalations.proposal.verdicts import CLEARING
from escalations.refusals import Fault, Invalid

JSON = dict[str, Any]


def answer(
    package: JSON,
    choice: Choice,
    standing: Answer | None,
    *,
    reasons: Sequence[str] = (),
    now: datetime | None = None,
) -> Answer:
    """What `choice` means where `standing` waits for more people; None where no answer does.

    Whoever changes nothing gets the very answer that stands. `reasons` are those to reject.
    Raises Invalid as `answers.answer`.
    """
    if standing is None or choice.command not in CLEARING:
        made = answers.answer(package, choice, reject_reasons=reasons, now=now)
        return standing if standing is not None and same(made, standing) else made
    told = standing.instructions if choice.instructions is None else choice.instructions or None
    if not choice.actions and choice.reply is None:
        faults = list(_expired(package, standing, now))
        if faults:
            raise Invalid(faults[0].detail, errors=faults)
        actions = [_retold(one, standing.instructions, told) for one in standing.actions]
        made = replace(standing, actions=actions, instructions=told)
        if choice.hand_to is not None:
            made = replace(made, **_handed(package, choice.hand_to))
    else:
        choice = replace(_said_of(package, choice, standing, told), instructions=told)
        if choice.hand_to is None and answers.asks_to_hand(package):
            choice = replace(choice, hand_to=standing.handed_to or "")
        made = answers.answer(package, choice, reject_reasons=reasons, now=now)
    return standing if same(made, standing) else made


def same(one: Answer, other: Answer) -> bool:
    """Whether the agent and the customer would get the same of both."""
    return _content(one) == _content(other)


def is_as_proposed(answer: Answer) -> bool:
    """Whether all leaves as the agent proposed it, and nothing beside it."""
    cleared = answer.outcome in {"approved", "edited"}
    return cleared and answer.change == "none" and not answer.instructions


def ends_it(answer: Answer) -> bool:
    """Whether it turns all down and nothing leaves but that: one person is enough for it."""
    return answer.outcome == "rejected" and answer.response is None


def package(package: Mapping[str, Any], document: Mapping[str, Any]) -> JSON:
    """The package with the standing answer in place of what was proposed, for forms and pages.

    `document` is of a decision. An action that is not cleared stays as it was proposed.
    """
    calls = {
        one["action_id"]: one["call"] for one in document.get("actions") or () if "call" in one
    }
    shown = dict(package)
    if "proposed_actions" in package:
        shown["proposed_actions"] = [
            _with(action, calls[action["id"]]) if action["id"] in calls else action
            for action in package["proposed_actions"] or ()
        ]
    text = (document.get("response") or {}).get("text") or ""
    if text or package.get("draft_response"):
        shown["draft_response"] = {**(package.get("draft_response") or {}), "text": text}
    return shown


def _handed(package: JSON, to: str) -> JSON:
    """What of an answer is another one where only the agent is that gets the case."""
    if to == answers.asks_to_hand(package):
        return {"handed_to": to}
    return {"handed_to": to or None, "outcome": "edited", "change": "material", "overrides": True}


def _with(action: Mapping[str, Any], call: Mapping[str, Any]) -> JSON:
    tools = dict.fromkeys((action["name"], *(action.get("switchable_to") or ())))
    others = [name for name in tools if name != call["name"]]
    own = action.get("args") or {}
    # Kept in the agent's order, which PostgreSQL does not keep. The title is its word for them.
    told = {"args": own} if call["args"] == own else {"args": call["args"], "title": ""}
    return {**action, "name": call["name"], **told, "switchable_to": others}


def _said_of(package: JSON, choice: Choice, standing: Answer, told: str | None) -> Choice:
    """The choice in full, said of the proposal: what it leaves open is as it stands."""
    stands = {
        one["action_id"]: _retold(one, standing.instructions, None) for one in standing.actions
    }
    given = {str(one.get("action_id")): one for one in choice.actions or ()}
    items = [_item(stands[name], given.get(name), choice) for name in stands]
    items += [dict(item) for name, item in given.items() if name not in stands]
    # A package without actions has only its reply to edit, whatever was pressed.
    return replace(
        choice,
        command=choice.command if items else "edit",
        actions=items or None,
        reply=_reply(package, choice, standing, items),
    )


def _reply(
    package: JSON, choice: Choice, standing: Answer, items: Sequence[Mapping[str, Any]]
) -> str | None:
    """The one given; else the one that stands goes with the verdicts that stand, or with all."""
    text: str | None = (standing.response or {}).get("text") or ""
    cleared = _cleared(items)
    if choice.reply is not None:
        text = choice.reply
    elif cleared != _cleared(standing.actions) and not (text and len(cleared) == len(items)):
        text = None
    return text if text or package.get("draft_response") else None


def _item(stands: JSON, given: Mapping[str, Any] | None, choice: Choice) -> JSON:
    """What is said of one action, of the proposal."""
    call, verdict = stands.get("call"), (given or {}).get("type") or choice.command
    as_it_stands = {key: value for key, value in stands.items() if key != "call"}
    if stands["type"] == "edit":
        as_it_stands["edited"] = call
    is_bare = given is None or not given.keys() & {"edited", "value", "message"}
    clears_it = call is not None and verdict == "approve"
    if given is None or clears_it or (is_bare and verdict == stands["type"]):
        return as_it_stands
    elif call is not None and isinstance(given.get("edited"), dict):
        return {**given, "edited": {**call, **given["edited"]}}
    else:
        return dict(given)


def _retold(action: JSON, before: str | None, now: str | None) -> JSON:
    """The instructions stand as the message of a rejected action that has none of its own."""
    if action["type"] != "reject" or action.get("message") != before:
        return action
    rest = {key: value for key, value in action.items() if key != "message"}
    return {**rest, "message": now} if now else rest


def _cleared(items: Sequence[Mapping[str, Any]]) -> set[Any]:
    return {item["action_id"] for item in items if item.get("type") in CLEARING}


def _expired(package: JSON, standing: Answer, now: datetime | None) -> Iterator[Fault]:
    cleared = _cleared(standing.actions)
    for action in package.get("proposed_actions") or ():
        if action["id"] in cleared and verdicts.is_over(action, now):
            detail = f"“{action['name']}” has expired: turn it down."
            yield Fault("/actions", detail)


def _content(answer: Answer) -> tuple[Any, ...]:
    """What leaves, without how it was pressed and what a form does to line ends."""
    return (
        answer.option_id if answer.option_id not in {"approve", "edit", "reject"} else None,
        [_leaves(one) for one in answer.actions],
        _text((answer.response or {}).get("text")),
        _text(answer.instructions),
        answer.reason_code,
        answer.handed_to,
    )


def _leaves(action: JSON) -> tuple[Any, ...]:
    if action.get("call") is not None:
        return action["action_id"], json.dumps(action["call"], sort_keys=True)
    value = json.dumps(action["value"], sort_keys=True) if "value" in action else ""
    return action["action_id"], action["type"], _text(action.get("message")), value


def _text(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()
