"""Money in words that nothing in a case has named: what a person adds to it."""

from collections.abc import Iterator, Sequence
from typing import Any

from escalations.models import ChatMessage, Escalation
from escalations.money import in_words
from escalations.money.writing import Written
from escalations.policy import versions
from escalations.triage import amounts

JSON = dict[str, Any]


def added(
    escalation: Escalation, package: JSON, texts: Sequence[str], *, sent: JSON | None = None
) -> tuple[Written, ...]:
    """The largest such amount of each currency in these texts. What the package, its calls as they
    are `sent`, what came since, a look-up or the customer names is not added."""
    # Nearly all words name no money, and then nothing is read.
    if not in_words.added(texts):
        return ()
    policy = versions.current().document
    task_type = policy.for_task_type(str(package.get("task_type") or ""))
    known = amounts.named(package, task_type, sent)
    if not in_words.added(texts, known):
        return ()
    for came in _since(escalation):
        known.read(came)
    return in_words.added(texts, known)


def _since(escalation: Escalation) -> Iterator[Any]:
    yield from escalation.additions.values_list("context", flat=True)
    yield from escalation.fact_checks.values_list("answer", flat=True)
    yield from escalation.look_up_readings.values_list("answer", flat=True)
    said = escalation.chat_messages.exclude(role=ChatMessage.Role.OPERATOR)
    yield from said.values_list("text", flat=True)
