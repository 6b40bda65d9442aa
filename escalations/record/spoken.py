"""What was said while people had a conversation, against its lines: who, when, and which words."""

from collections.abc import Sequence

from escalations.models import ChatMessage, Delivery, Escalation
from escalations.record import vouching
from escalations.record.lines import timestamp
from escalations.record.told import JSON, Found, Told, is_as_written, parsed

TYPE, QUESTION, EXTENDED = "escalation.message", "escalation.question", "escalation.extended"


def findings(escalation: Escalation, told: Sequence[Told]) -> Found:
    """Every message stands in an entry of whoever had the conversation then, and every entry has
    its message, with the same content."""
    rows = {row.number: row for row in escalation.chat_messages.all()}
    people_have_it = False
    for one in told:
        if one.kind.name == "taken_over":
            people_have_it = True
        elif one.kind.answers:
            people_have_it = False
        if "turn" not in one.said:
            continue
        row = rows.pop(one.said["turn"], None)
        if not people_have_it:
            yield one.position, "Somebody spoke while the agent had the conversation."
        if row is None:
            yield one.position, "What was said is missing."
        elif not _is_same(row, one):
            yield one.position, "What was said was changed."
        elif row.person_id is not None and row.person_id != one.said["row"].get("held_by_id"):
            yield one.position, "Somebody spoke who did not hold the case."
    for number in rows:
        yield None, f"Message {number} of the conversation stands in no entry."


def tells(row: Delivery, message: ChatMessage, escalation: Escalation) -> bool:
    """Whether what leaves is this message."""
    event = parsed(row.body)
    expected = {
        "specversion": "1.0",
        "id": message.id,
        "source": event.get("source"),
        "type": TYPE,
        "subject": escalation.id,
        "time": timestamp(message.at),
        "datacontenttype": "application/json",
        "sequence": str(message.number),
        "data": {
            "escalation_id": escalation.id,
            "number": message.number,
            "id": message.their_id or message.id,
            "role": message.role,
            "author": message.author,
            "text": message.text,
            "at": timestamp(message.at),
        },
    }
    same = (row.kind, row.agent_id, row.created_at) == (TYPE, escalation.agent_id, message.at)
    return same and event == expected and is_as_written(row.body) and row.decision_id is None


def informs(row: Delivery, one: Told, escalation: Escalation) -> bool:
    """Whether what leaves is what this line told the agent: a question, or a new deadline."""
    event = parsed(row.body)
    data = event.get("data")
    # The name of whoever did it is theirs of then.
    by = data.get("by") if isinstance(data, dict) else None
    name = by.get("name") if isinstance(by, dict) else None
    kind, told = _told(one, escalation)
    version = one.said.get("version")
    expected = {
        "specversion": "1.0",
        "id": f"{escalation.id}/{version}",
        "source": event.get("source"),
        "type": kind,
        "subject": escalation.id,
        "time": timestamp(one.at),
        "datacontenttype": "application/json",
        "data": {
            "escalation_id": escalation.id,
            "version": version,
            "by": {"id": one.person, "name": name},
            **told,
        },
    }
    of = (row.kind, row.agent_id, row.created_at, row.decision_id, row.message_id)
    same = of == (kind, escalation.agent_id, one.at, None, None)
    return same and event == expected and is_as_written(row.body)


def _told(one: Told, escalation: Escalation) -> tuple[str, JSON]:
    """The type of what this line sent, and what stands in it; nothing for one that sends nothing
    of its own."""
    if one.kind.name == "extended":
        return EXTENDED, {name: one.said.get(name) for name in ("respond_by", "was")}
    rows = (two for two in escalation.remarks.all() if two.at == one.at and two.kind == "asked")
    said = next(rows, None)
    if one.kind.name != "asked" or said is None:
        return "", {}
    return QUESTION, {
        "wants": one.said.get("wants"),
        "text": said.text,
        **({"expects": said.expects} if said.expects is not None else {}),
        "asked_at": timestamp(one.at),
        "answer_by": one.said.get("until"),
    }


def _is_same(row: ChatMessage, one: Told) -> bool:
    whose = row.person.username if row.person else ""
    words = not one.salt or vouching.message(row, one.salt) == one.said["text"]
    # Lines of earlier versions do not name it.
    named = one.said.get("says", row.id) == row.id
    return words and named and (row.at, whose) == (one.at, one.person)
