"""From what a person chose to the document the agent gets (`handoff-decision.v1`).

Pure: reads the package and the choice, writes nothing. Every proposed action is answered with a
verdict that it allows (`proposal/verdicts.py`), and every cleared one carries the exact call.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from escalations.proposal import choices, edit_form, edit_values, options, questions, verdicts
from escalations.proposal.choices import OUTCOMES, Choice
from escalations.proposal.verdicts import CLEARING
from escalations.refusals import Fault, Invalid
from escalations.text import differences
from escalations.text.blanks import is_blank

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """The part of a decision document that depends on the choice alone."""

    outcome: str
    proceed: bool
    actions: list[JSON] = field(default_factory=list)
    response: JSON | None = None
    option_id: str | None = None
    reason_code: str | None = None
    instructions: str | None = None
    change: str = "none"
    overrides: bool = False
    handed_to: str | None = None

    def document(self) -> JSON:
        """Its keys in the decision document; what was not said is left out."""
        document: JSON = {
            "outcome": self.outcome,
            "proceed": self.proceed,
            "actions": self.actions,
            "option_id": self.option_id,
            "response": self.response,
            "reason_code": self.reason_code,
            "instructions": self.instructions,
            "handed_to": self.handed_to,
        }
        return {key: value for key, value in document.items() if value is not None}


def answer(
    package: JSON, choice: Choice, *, reject_reasons: Sequence[str], now: datetime | None = None
) -> Answer:
    """What `choice` means for `package`; what expires by itself has done so by `now`.

    Raises Invalid with every fault: an unknown action, option or reason, a verdict that is not
    allowed, a call that depends on one that is not cleared, a value that is none of the question's,
    nothing there to approve, or an answer that is missing.
    """
    choice = _to_whom_it_is(package, choice)
    faults = list(_faults(package, choice, reject_reasons, now))
    if faults:
        raise Invalid(faults[0].detail, errors=faults, code=_code(package, choice))
    actions = [
        _answered(package, action, choice) for action in package.get("proposed_actions") or []
    ]
    response = _response(package, choice, actions)
    proceed = _proceeds(choice, actions)
    handed_to = _handed_to(package, choice) if proceed else None
    outcome = _outcome(package, choice, actions, response)
    elsewhere = _goes_elsewhere(package, choice)
    if outcome == "approved" and elsewhere:
        outcome = "edited"
    return Answer(
        outcome=outcome,
        proceed=proceed,
        actions=actions,
        response=response,
        option_id=choice.option_id
        if choice.command == "choose"
        else options.button_of(package, outcome),
        reason_code=(choice.reason_code or "other") if outcome == "rejected" else None,
        instructions=_instructions(package, choice),
        change="material" if elsewhere else _change(package, outcome, actions, response),
        handed_to=handed_to,
        overrides=outcome != "approved" and not _recommended(package, choice),
    )


def nothing_to_approve(package: JSON) -> bool:
    """No action, no draft, no option and no other agent to hand it to: there is no Approve."""
    requested = package.get("requested") or {}
    return not (proposes(package) or requested.get("options") or asks_to_hand(package))


def asks_to_hand(package: Mapping[str, Any]) -> str:
    """The agent that would take the case if a person approves; empty where none is named."""
    return str(package.get("hand_to_agent") or "").strip()


def proposes(package: Mapping[str, Any]) -> bool:
    """Whether there is anything that an approval would clear."""
    return bool(package.get("proposed_actions") or package.get("draft_response"))


def _handed_to(package: JSON, choice: Choice) -> str | None:
    """Only with a yes: who answers instead, or chooses, hands nothing on."""
    named = asks_to_hand(package)
    if not named or choice.command not in CLEARING:
        return None
    return (named if choice.hand_to is None else choice.hand_to) or None


def _goes_elsewhere(package: JSON, choice: Choice) -> bool:
    """Whether another agent gets the case than was asked, or none."""
    named = asks_to_hand(package)
    return bool(named) and choice.hand_to is not None and choice.hand_to != named


def _to_whom_it_is(package: JSON, choice: Choice) -> Choice:
    """An answer to the agent that came as `response`, as it did before there was `message`."""
    is_reply = choice.message is not None or not package.get("proposed_actions")
    if choice.command != "respond" or is_reply:
        return choice
    return replace(choice, message=choice.reply, reply=None)


def _faults(
    package: JSON, choice: Choice, reject_reasons: Sequence[str], now: datetime | None
) -> Iterator[Fault]:
    actions = {action["id"]: action for action in package.get("proposed_actions") or []}
    chosen = {str(item.get("action_id")): item for item in choice.actions or []}
    for unknown in chosen.keys() - actions.keys():
        yield Fault("/actions", f"There is no proposed action “{unknown}” in this case.")
    if len(chosen) < len(choice.actions or []):
        yield Fault("/actions", "An action is answered once: one stands there twice.")
    yield from choices.contradictions(choice, actions)
    given = {action_id: _verdict(package, action, choice) for action_id, action in actions.items()}
    for action_id, action in actions.items():
        item = chosen.get(action_id, {})
        yield from _verdict_faults(package, action, given[action_id], item, choice, now=now)
    cleared = {action_id for action_id, verdict in given.items() if verdict in CLEARING}
    for action, needed in verdicts.held_back(list(actions.values()), cleared):
        yield Fault(
            "/actions",
            f"“{action['name']}” depends on “{needed['name']}”, which is not approved: "
            "turn it down as well.",
        )
    if _approves_nothing(package, choice):
        yield Fault(
            "", "This case proposes nothing, so there is nothing to approve: respond instead."
        )
    if choice.command == "choose" and choice.option_id not in options.of_their_own(package):
        yield Fault("/option_id", f"There is no option “{choice.option_id}” in this case.")
    yield from _faults_of_handing(package, choice)
    # Emptied, it takes the draft back; blanks would leave as a letter of nothing.
    if choice.reply and is_blank(choice.reply):
        yield Fault("/response/text", "The reply has nothing to read in it: write it, or empty it.")
    if choice.command == "respond" and not _says_something(choice):
        yield Fault("/message", "Write the answer first.")
    if choice.command == "reject" and (choice.reason_code or "other") not in {
        *reject_reasons,
        "other",
    }:
        yield Fault("/reason_code", f"“{choice.reason_code}” is not a reason for this task type.")


def _faults_of_handing(package: JSON, choice: Choice) -> Iterator[Fault]:
    if choice.hand_to is not None and not asks_to_hand(package):
        yield Fault("/hand_to", "The agent does not ask to hand this case to another.")
    elif choice.hand_to == "" and not proposes(package):
        yield Fault(
            "/hand_to", "It proposes nothing else, so nothing would be approved: reject it."
        )


def _verdict_faults(
    package: JSON,
    action: Mapping[str, Any],
    verdict: str | None,
    item: Mapping[str, Any],
    choice: Choice,
    *,
    now: datetime | None,
) -> Iterator[Fault]:
    allowed = verdicts.allowed(action, now=now)
    name = action["name"]
    if verdict is None:
        yield Fault("/actions", f"Say what happens to “{name}” ({action['id']}) as well.")
    elif choice.command == "choose":
        yield from _faults_of_choosing(package, action, verdict, choice)
    elif verdict in CLEARING and verdicts.is_question(action):
        yield Fault("/actions", f"“{name}” is a question: answer it instead of approving it.")
    elif verdict in CLEARING and verdicts.is_over(action, now):
        yield Fault("/actions", f"“{name}” has expired: turn it down.")
    elif verdict not in allowed:
        yield Fault(
            "/actions", f"“{name}” may not be answered with {verdict}: {', '.join(allowed)}."
        )
    elif verdict == "edit" and item:
        yield from _edit_faults(action, item)
    elif verdict == "respond":
        yield from questions.faults(action, item, _said(item, choice))


def _faults_of_choosing(
    package: JSON, action: Mapping[str, Any], verdict: str, choice: Choice
) -> Iterator[Fault]:
    """An option may answer a question too, but not where that asks for a value of another form."""
    if action.get("response_schema") and _is_left_open(package, action, verdict, choice):
        yield Fault(
            "/option_id",
            f"“{action['name']}” is a question that asks for a value: answer it instead.",
        )


def _is_left_open(package: JSON, action: Mapping[str, Any], verdict: str, choice: Choice) -> bool:
    """Whether the option chosen would stand for an answer that it is not."""
    asks = verdict == "respond" and questions.has_form(action)
    return asks and not questions.by_option(package, action, choice.option_id)


def _edit_faults(action: Mapping[str, Any], item: Mapping[str, Any]) -> Iterator[Fault]:
    edited = item.get("edited")
    args = edited.get("args") if isinstance(edited, dict) else None
    if not isinstance(edited, dict) or not isinstance(args, dict):
        yield Fault("/actions", f"“{action['name']}” is not changed: change it, or turn it down.")
        return
    for key in edited.keys() - {"name", "args"}:
        yield Fault(f"/actions/{key}", f"An edited call has a name and args, and no “{key}”.")
    name = edited.get("name") or action["name"]
    if name != action["name"] and name not in (action.get("switchable_to") or []):
        yield Fault("/actions", f"“{action['name']}” may not become “{name}”.")
    for fault in edit_form.check(action, args):
        yield Fault(f"{action['id']}:{fault.pointer}", fault.detail)


def _code(package: JSON, choice: Choice) -> str:
    return "nothing_to_approve" if _approves_nothing(package, choice) else "invalid"


def _approves_nothing(package: JSON, choice: Choice) -> bool:
    """An edit that changes nothing is an approval."""
    approves = choice.command == "approve" or (choice.command == "edit" and not choice.reply)
    return approves and nothing_to_approve(package)


def _verdict(package: JSON, action: Mapping[str, Any], choice: Choice) -> str | None:
    """The verdict for one action: the one named for it, or what the command says of the others.

    An edit that changes nothing is an edit all the same, because the person said so; how far it
    differs is told apart by `change`.
    """
    # Whatever else was sent with it: an option clears nothing.
    if choice.command == "choose":
        by = verdicts.turned_down(action)
        can_reject = "reject" in verdicts.allowed(action)
        return "reject" if can_reject and _is_left_open(package, action, by, choice) else by
    if item := _item(action, choice):
        return str(item.get("type") or choice.command)
    if choice.command == "edit" and (choice.actions or _is_rewritten(package, choice)):
        return "approve"
    return None if choice.actions and choice.command != "respond" else choice.command


def _item(action: Mapping[str, Any], choice: Choice) -> Mapping[str, Any]:
    return next((a for a in choice.actions or [] if a.get("action_id") == action["id"]), {})


def _answered(package: JSON, action: Mapping[str, Any], choice: Choice) -> JSON:
    item = _item(action, choice)
    proposed = {"name": action["name"], "args": action.get("args") or {}}
    # By its keys: whatever else stood in it would leave unjudged.
    changes = {
        key: value for key, value in (item.get("edited") or {}).items() if key in proposed and value
    }
    edited = proposed | changes
    verdict = _verdict(package, action, choice)
    answered: JSON = {"action_id": action["id"], "type": verdict}
    if verdict == "approve":
        answered["call"] = proposed
    elif verdict == "edit":
        answered |= {"call": edited, "edited": edited}
    elif verdict == "respond" and choice.command == "choose":
        answered |= _chosen(package, action, choice)
    elif verdict == "respond":
        said = _said(item, choice)
        answered |= questions.value_of(action, item, said)
        told = questions.in_words(answered["value"]) if "value" in answered else ""
        answered["message"] = said or told
    elif message := item.get("message") or choice.instructions:
        answered["message"] = str(message)
    return answered


def _chosen(package: JSON, action: Mapping[str, Any], choice: Choice) -> JSON:
    """What an option says of an action: the words on it, and the value where it is the answer."""
    words = options.words(package, choice.option_id)
    value = questions.by_option(package, action, choice.option_id)
    if questions.has_form(action) and not value:
        return {"message": f"Not answered: “{words}” was chosen instead."}
    return {**value, "message": words}


def _said(item: Mapping[str, Any], choice: Choice) -> str:
    """What is said to the agent about one action, in words."""
    said = str(item.get("message") or choice.message or "").strip()
    return "" if is_blank(said) else said


def _says_something(choice: Choice) -> bool:
    given = choice.actions or []
    said = any(not is_blank(item.get("message") or "") or "value" in item for item in given)
    return said or not is_blank(choice.message or choice.reply or "")


def _instructions(package: JSON, choice: Choice) -> str | None:
    """What the agent is told beside the answers to its actions; without actions, its answer."""
    told = choice.message if not package.get("proposed_actions") else None
    return choice.instructions or told or None


def _response(package: JSON, choice: Choice, actions: Sequence[JSON]) -> JSON | None:
    draft = (package.get("draft_response") or {}).get("text")
    if choice.command == "reject":
        return None
    # Only what a person wrote, or approved with all that it may speak of.
    whole = all(action["type"] in CLEARING for action in actions)
    is_approved = choice.reply is None and choice.command in CLEARING and whole
    text = draft if is_approved else choice.reply
    if not text:
        return None
    return {"text": text, "edited": text != draft, "sent_by": "agent"}


def _is_rewritten(package: JSON, choice: Choice) -> bool:
    draft = (package.get("draft_response") or {}).get("text")
    return choice.reply is not None and choice.reply != draft


def _recommended(package: JSON, choice: Choice) -> bool:
    if choice.command != "choose":
        return False
    option = options.of_their_own(package).get(choice.option_id or "", {})
    return bool(option.get("recommended")) or package.get("recommended_action") == choice.option_id


def _outcome(package: JSON, choice: Choice, actions: Sequence[JSON], response: JSON | None) -> str:
    words = {OUTCOMES[action["type"]] for action in actions}
    if choice.command == "choose":
        return "responded"
    if len(words) > 1:
        return "mixed"
    word = words.pop() if words else OUTCOMES[choice.command]
    if word == "approved" or (not actions and word == "edited"):
        return "edited" if _replies_otherwise(package, actions, response) else "approved"
    return word


def _replies_otherwise(package: JSON, actions: Sequence[JSON], response: JSON | None) -> bool:
    """Whether the customer gets another reply than was drafted; none, where all is cleared, too."""
    if response is not None:
        return bool(response["edited"])
    drafted = bool((package.get("draft_response") or {}).get("text"))
    return drafted and all(action["type"] in CLEARING for action in actions)


def _proceeds(choice: Choice, actions: Sequence[JSON]) -> bool:
    words = {action["type"] for action in actions}
    if actions and words != {"respond"} and choice.command != "choose":
        return not words.isdisjoint(CLEARING)
    return choice.command != "reject"


def _change(package: JSON, outcome: str, actions: Sequence[JSON], response: JSON | None) -> str:
    """How far what leaves differs from what was proposed: none, cosmetic or material."""
    proposed = {
        a["id"]: [a["name"], a.get("args") or {}] for a in package.get("proposed_actions") or []
    }
    for action in actions:
        call = action.get("call")
        if call and not edit_values.same(
            [call["name"], call["args"]], proposed[action["action_id"]]
        ):
            return "material"
    # A draft that was cleared is a change only where it would have left.
    if outcome == "edited" or response is not None:
        return _change_of_reply(package, actions, response)
    return "none"


def _change_of_reply(package: JSON, actions: Sequence[JSON], response: JSON | None) -> str:
    if not _replies_otherwise(package, actions, response):
        return "none"
    draft = (package.get("draft_response") or {}).get("text") or ""
    return differences.classify(draft, response["text"] if response else "")
