"""A row of the queue: rendered once for each version and process, the same for everybody.

What differs by person (mine, open, picked) is said by attributes that the page adds.
"""

from collections import OrderedDict
from collections.abc import Sequence

from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from escalations import casefile
from escalations.calls import made
from escalations.models import Call, Escalation
from escalations.policy import priority, versions
from escalations.text import untrusted

KEPT_MAX = 10_000

LEVELS = {
    1: "Level 1: the agent acts alone",
    2: "Level 2: the agent drafts, a person approves",
    3: "Level 3: a person takes over",
    4: "Level 4: people are alerted at once",
}

# By id, by version of the case, and by that of the policy, whose titles stand in the row.
_kept: OrderedDict[tuple[str, int, int], SafeString] = OrderedDict()


def html(escalation: Escalation) -> SafeString:
    """The `<li>` of this case. Needs `held_by` and `offered_to` selected with the row."""
    key = (escalation.id, escalation.version, versions.current().number)
    row = _kept.get(key)
    if row is None:
        # Without a lock: two threads may draw the same row, and either will do.
        row = _kept[key] = _render(escalation)
        while len(_kept) > KEPT_MAX:
            _kept.popitem(last=False)
    return row


def place(escalation: Escalation) -> int:
    """Where it stands on its list, lower first: by rank, or by when it comes back."""
    until = escalation.snoozed_until
    return escalation.rank if until is None else int(until.timestamp() * 1_000_000)


def html_of(keys: Sequence[tuple[int, str, int]]) -> list[SafeString]:
    """The rows for these (number, id, version), in this order; only unknown ones are fetched."""
    fetched: dict[int, SafeString] = {}
    policy = versions.current().number
    missing = [number for number, name, version in keys if (name, version, policy) not in _kept]
    if missing:
        # A case that moved since its key was read is drawn as it is now; the hint of that move
        # follows.
        found = casefile.numbered(missing)
        # Only of those that have parts; a queue without any costs no further statement.
        shared = [case for case in found if case.approvals > 1]
        prefetch_related_objects(shared, "votes")
        # Nor does one without somebody to call.
        called = [case for case in found if made.is_called(case)]
        prefetch_related_objects(called, "calls")
        fetched = {case.number: html(case) for case in found}
    return [
        _kept.get((name, version, policy)) or fetched.get(number, SafeString())
        for number, name, version in keys
    ]


def forget() -> None:
    """Empty the memory, between tests."""
    _kept.clear()


def _parts(escalation: Escalation) -> list[int]:
    """Who has had their part in it, where several people must agree."""
    if escalation.approvals < 2:
        return []
    counted = (escalation.package_version, None)
    votes = escalation.votes.all()
    theirs = [one for one in votes if (one.package_version, one.void_at) == counted]
    return sorted(one.person_id for one in theirs)


def _calls(escalation: Escalation) -> dict[str, object]:
    """How often the customer was called, and how the last call ended."""
    found = list(escalation.calls.all()) if made.is_called(escalation) else []
    if not found:
        return {}
    last = max(found, key=lambda call: call.pk)
    return {"calls": len(found), "last_call": str(Call.Outcome(last.outcome).label).lower()}


def _render(escalation: Escalation) -> SafeString:
    person = escalation.held_by or escalation.offered_to
    holder = person.get_full_name() or person.get_username() if person else ""
    return render_to_string(
        "escalations/_row.html",
        {
            "escalation": escalation,
            "place": place(escalation),
            "title": untrusted.line(escalation.title, 300),
            "why": untrusted.line(escalation.why, 200),
            "level_words": LEVELS[escalation.level],
            "parts": _parts(escalation),
            **_calls(escalation),
            "holder_name": holder,
            "holder_first": holder.partition(" ")[0],
            "holder_initials": "".join(word[0] for word in holder.split()[:2]),
            "outcome": escalation.outcome.replace("_", " "),
            "task_type": untrusted.line(versions.title(escalation.task_type), 80),
            "rank_reason": priority.sentence(
                level=escalation.level,
                priority=escalation.priority,
                respond_by=escalation.respond_by,
            ),
        },
    )
