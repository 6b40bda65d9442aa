"""Reasons that quote nothing of what people are not shown. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from escalations.triage.verdict import Reason

UNSAID = "Something that the agent asked to mask meets the rule “{}”."


def unquoted(reasons: Iterable[Reason], shown: Sequence[Reason]) -> list[Reason]:
    """These reasons, of which only those that `shown` has as well keep their words: what is judged
    in the same way without the masked values says nothing of them."""
    return [reason if reason in shown else _unsaid(reason) for reason in reasons]


def _unsaid(reason: Reason) -> Reason:
    rule = reason.rule.rpartition("/")[2].replace("_", " ")
    return replace(reason, sentence=UNSAID.format(rule), observed=None, threshold=None)
