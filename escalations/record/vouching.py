"""What a line says of the rows beside it, so that a change of theirs shows.

Ids, times, counts and words from fixed lists stand in it as they are. What may be personal or was
typed by somebody stands in it only as a digest under the salt of the package of that moment.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from escalations.models import Call, ChatMessage, Escalation, JoinedCall, Package, Remark
from escalations.record.lines import commitment, plain
from escalations.text import canonical

JSON = dict[str, Any]

# What triage said of a version: the line that brings it says all of these.
JUDGED = (
    *("task_type", "level", "disposition", "policy_version", "completeness", "units"),
    *("priority", "method", "approvals", "blind", "undo_s", "flagged", "strict"),
    *("expires_at", "on_timeout", "callback_at", "timed_out_at"),
)
# What lists show and rules read of the package: free text and ids from outside, in one digest.
SHOWN = (
    *("summary", "why", "customer", "customer_key", "correlation_id", "tenant"),
    *("idempotency_key", "reasons", "missing"),
)


def arrival(escalation: Escalation, package: Package) -> JSON:
    """What the line of an arriving or revised package says: its verdict, and digests of what the
    agent sent and of what the lists show of it."""
    salt = package.salt
    return {
        "version": escalation.version,
        "state": str(escalation.state),
        "respond_by": plain(escalation.respond_by),
        **{name: plain(getattr(escalation, name)) for name in JUDGED},
        "package_version": package.version,
        "package": commitment(salt, package.digest),
        "stored": stored(package),
        "requirement": escalation.requirement_id,
        "skills": escalation.requirement.key,
        "re_escalates": escalation.re_escalates.id if escalation.re_escalates else None,
        "supersedes": escalation.supersedes.id if escalation.supersedes else None,
        "shown": shown(escalation, salt),
        "excluded": listed(escalation.excluded, salt),
        "assignee": listed(escalation.assignee, salt),
    }


def stored(package: Package) -> str:
    """The bytes as they came, and the full form that was made of them."""
    return commitment(package.salt, f"{package.received}\0{package.expanded}")


def shown(escalation: Escalation, salt: str) -> str:
    return listed([getattr(escalation, name) for name in SHOWN], salt)


def vote(verdict: str, answer: Mapping[str, Any], salt: str) -> JSON:
    """One person's part in a decision of several."""
    return {"verdict": str(verdict), "answer": hidden(answer, salt)}


def words(escalation: Escalation, remark: Remark, **names: str) -> JSON:
    """What somebody typed on the way, and for whom; and names that are shown with it."""
    salt = salt_of(escalation)
    said = {name: hidden(value, salt) for name, value in names.items()}
    if remark.expects is not None:
        said["expects"] = hidden(remark.expects, salt)
    return {"words": hidden([remark.target, remark.text], salt), **said}


def turn(said: ChatMessage, salt: str) -> JSON:
    """What a line says of one message of a conversation."""
    return {"turn": said.number, "says": said.id, "text": message(said, salt)}


def message(said: ChatMessage, salt: str) -> str:
    """What was said in a conversation, whose words they are and what the agent calls them."""
    return listed([said.role, said.author, said.their_id, said.text], salt)


def called(call: Call, salt: str) -> str:
    """What was written of a call: how it ended, what was said and promised, and the next try."""
    return listed([call.outcome, call.notes, call.promises, plain(call.next_at)], salt)


def joined(call: JoinedCall, salt: str) -> str:
    """What was sent to join, and under which key."""
    return listed([call.idempotency_key, call.digest], salt)


def listed(value: Any, salt: str) -> str:
    """What a line holds instead of texts and whole numbers: like `hidden`, for what needs no care
    about fractions, at a fifth of the time."""
    return commitment(salt, orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode())


def hidden(value: Any, salt: str) -> str:
    """What a line holds instead of any JSON value."""
    try:
        return commitment(salt, canonical.digest(value))
    # Numbers beyond what the canonical form holds; people may type such into an edit.
    except ValueError:
        return commitment(salt, canonical.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)))


def salt_of(escalation: Escalation) -> str:
    """The salt of the package that stands, for a line that is written without having read it."""
    salts = Package.objects.filter(escalation=escalation.pk, version=escalation.package_version)
    return salts.values_list("salt", flat=True).get()
