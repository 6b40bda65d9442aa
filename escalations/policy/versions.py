"""The policy in force and all its earlier versions. Every change is a new version in the record."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import orjson
from django.db import IntegrityError, transaction

from console import clock
from console.database import statements
from escalations.access import Viewer
from escalations.models import Event, PolicyVersion
from escalations.policy import check, difference
from escalations.policy.document import PolicyDocument
from escalations.record import lines
from escalations.record.lines import Actor
from escalations.refusals import By, Conflict, Invalid, NotFound
from escalations.text import canonical, formatting

CHAIN = "policy"
Guard = Callable[[PolicyDocument, PolicyDocument], None]
FRESH_S = 1
NOTE_MAX = 500
_TRIGGERS = ["out_of_scope", "missing_information", "repeated_failure", "tool_error", "exception"]
# The policy of a fresh install: its `defaults` are the fallback task type.
FRESH = {
    "schema": "handoff.policy/1",
    "defaults": {
        "level": 2,
        "act_at": 0.85,
        "review_below": 0.7,
        "flag_share": 1.0,
        "undo_s": 10,
        "rules": [
            {
                "field": "trigger.type",
                "operator": "one_of",
                "value": _TRIGGERS,
                "level": 2,
                "reason": "The agent could not go on by itself",
            }
        ],
    },
    "task_types": {},
}


@dataclass(frozen=True, slots=True)
class InForce:
    """A version of the policy, ready to judge with."""

    number: int
    document: PolicyDocument


# Time and version in one tuple, put in place at once: threads that look together need no lock.
_seen: tuple[float, InForce | None] = (0.0, None)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of the history: a version and what it changed."""

    version: PolicyVersion
    by: By
    sentences: list[str]


def current() -> InForce:
    """The policy in force. What this process publishes counts at once, what others do within
    `FRESH_S`; the document is read again only when it changed.

    The first look into an empty database writes version 1, the policy of a fresh install.
    """
    global _seen
    looked_at, in_force = _seen
    if in_force is None or time.monotonic() - looked_at > FRESH_S:
        in_force = _newest()
        _seen = (time.monotonic(), in_force)
    return in_force


def title(task_type: str) -> str:
    """What this kind of work is called on screen, by the policy in force."""
    document = current().document
    own = document.task_types.get(task_type)
    return (own.title if own else None) or formatting.title(task_type)


def forget() -> None:
    """Look again at the next question, because another version may be in force."""
    global _seen
    _seen = (0.0, None)


def install(now: datetime) -> None:
    """Write version 1, the policy of a fresh install; nothing where there is one already."""
    try:
        with transaction.atomic():
            text = orjson.dumps(FRESH).decode()
            fresh = PolicyVersion(
                number=1, body=text, digest=canonical.digest(FRESH), note="As installed"
            )
            fresh.published_at = now
            fresh.save(force_insert=True)
            _record(fresh, lines.BATON, changed=[])
    # Another process was installing it at the same moment.
    except IntegrityError:
        return


def version(number: int) -> PolicyVersion:
    """One published version. Raises NotFound."""
    found = PolicyVersion.objects.select_related("published_by").filter(number=number).first()
    if found is None:
        raise NotFound("not_found", f"There is no version {number} of the policy.")
    return found


def document(version: PolicyVersion) -> PolicyDocument:
    """What that version says."""
    return _document(version.number, version.digest)


@transaction.atomic
def judged_by(number: int) -> PolicyDocument:
    """The policy of that version, which is most often the one in force."""
    in_force = current()
    return in_force.document if number == in_force.number else document(version(number))


def publish(
    document: PolicyDocument,
    *,
    by: Viewer | Actor,
    note: str = "",
    now: datetime,
    expected: int,
    restores: int | None = None,
    guard: Guard | None = None,
) -> PolicyVersion:
    """Put a policy in force as a new version. `expected` is the version it was made from; `guard`
    is asked with what is in force and what comes, and may refuse.

    Raises Conflict naming who published since then, and Invalid where nothing would change.
    """
    note = note.strip()
    if len(note) > NOTE_MAX:
        raise Invalid(f"Use at most {NOTE_MAX} characters for the note; this has {len(note):,}.")
    in_force = require(expected)
    digest = canonical.digest(document.dump())
    if digest == version(in_force.number).digest:
        raise Invalid(f"Nothing differs from version {expected}.", code="nothing_changed")
    if guard is not None:
        guard(in_force.document, document)
    made = PolicyVersion(
        number=expected + 1,
        body=orjson.dumps(document.dump()).decode(),
        digest=digest,
        note=note,
        restores=restores,
        published_by_id=by.user_id if isinstance(by, Viewer) else None,
        published_at=now,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            _record(made, by, changed=sorted(difference.changed(in_force.document, document)))
    # Two who publish at once make the same number; the unique key lets one through.
    except IntegrityError as error:
        raise _conflict(version(expected + 1)) from error
    forget()
    # Once now, for the rest of this transaction, and once after it: another thread may have read
    # the older version in between and remembered it.
    transaction.on_commit(forget)
    return made


def restore(
    number: int, *, by: Viewer | Actor, note: str = "", now: datetime, expected: int
) -> PolicyVersion:
    """Make an older version current again, as a new version.

    Raises NotFound, Conflict as `publish`, and Invalid where it says what is in force already.
    """
    older = version(number)
    return publish(
        document(older),
        by=by,
        note=note or f"Back to version {number}",
        now=now,
        expected=expected,
        restores=number,
    )


def history(*, before: int | None = None, count: int = 20) -> list[HistoryEntry]:
    """The newest versions below `before`, each with what it changed."""
    rows = PolicyVersion.objects.select_related("published_by")
    if before is not None:
        rows = rows.filter(number__lt=before)
    # One more than is shown: the oldest is told against the one below it.
    versions = list(rows[: count + 1])
    agents = _agents([one.number for one in versions if one.published_by_id is None])
    return [
        HistoryEntry(one, _by(one, agents), sentences)
        for one, sentences in zip(versions[:count], _changes(versions), strict=False)
    ]


def require(expected: int) -> InForce:
    """The version in force. Raises Conflict naming who published since it was `expected`."""
    # Not `current()`, which may be a second behind.
    in_force = _newest()
    if in_force.number != expected:
        raise _conflict(version(in_force.number))
    return in_force


def published_before(document: PolicyDocument, *, by: Actor, expected: int) -> PolicyVersion | None:
    """The version in force, where they made it of `expected` and it says just this: they may not
    have heard that it was published."""
    newest = version(_newest().number)
    is_theirs = newest.number == expected + 1 and _agents([newest.number]) == {newest.number: by.id}
    is_same = is_theirs and newest.digest == canonical.digest(document.dump())
    return newest if is_same and newest.published_by_id is None else None


def published_by(version: PolicyVersion) -> By:
    """Who put this version in force."""
    agents = {} if version.published_by_id else _agents([version.number])
    return _by(version, agents)


def _newest() -> InForce:
    newest = statements.rows(_NEWEST)
    if newest:
        number, digest = newest[0]
        return InForce(number, _document(number, digest))
    install(clock.now())
    return _newest()


def _record(made: PolicyVersion, by: Viewer | Actor, *, changed: list[str]) -> None:
    actor = Actor("person", by.username) if isinstance(by, Viewer) else by
    facts = {
        "number": made.number,
        "digest": made.digest,
        "restores": made.restores,
        "note": lines.commitment(made.digest, made.note),
        "task_types": changed,
    }
    lines.append(CHAIN, "published", actor=actor, at=made.published_at, facts=facts)


def _conflict(newer: PolicyVersion) -> Conflict:
    who = published_by(newer)
    at = newer.published_at
    detail = f"{who.name} published version {newer.number} at {at:%H:%M on %-d %b} UTC."
    return Conflict("policy_changed", detail, by=who, at=at)


def _changes(versions: list[PolicyVersion]) -> Iterator[list[str]]:
    """For each version, newest first, what it changed against the one below it in the list."""
    for newer, older in zip(versions, [*versions[1:], None], strict=True):
        if older is None:
            yield []
        else:
            yield difference.sentences(document(older), document(newer))


def _by(version: PolicyVersion, agents: dict[int, str]) -> By:
    if version.published_by is not None:
        return By(version.published_by.username, version.published_by.name)
    else:
        name = agents.get(version.number, "")
        return By(name or "baton", name or "Baton")


def _agents(numbers: list[int]) -> dict[int, str]:
    """Who published the versions that no person published, from the record."""
    events = Event.objects.filter(chain=CHAIN, position__in=numbers) if numbers else []
    lines = [orjson.loads(bytes(event.body)) for event in events]
    return {
        line["facts"]["number"]: line["actor"].partition(":")[2]
        for line in lines
        if line["facts"].get("number")
    }


@lru_cache(maxsize=64)
def _document(number: int, digest: str) -> PolicyDocument:
    """The digest is part of the key: a number may name another document in another database."""
    stored = PolicyVersion.objects.get(number=number, digest=digest).document
    return check.check(stored, kept=True)


_NEWEST = f"SELECT number, digest FROM {PolicyVersion._meta.db_table} ORDER BY number DESC LIMIT 1"  # noqa: S608, SLF001
