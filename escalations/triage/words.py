"""Money in the words that a person adds to an answer, judged like a call of that amount. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from escalations.money.writing import Written
from escalations.package import observations
from escalations.policy.document import PolicyDocument
from escalations.text import wrapped
from escalations.triage import amounts, answer_judging, compiled, kept, quoting
from escalations.triage.answer_judging import CaseTerms, More

JSON = dict[str, Any]
AS_CALL = "words"


def written(package: JSON, answer: JSON) -> list[str]:
    """What a person may have written in the document of an answer. Of a rejection nothing, and of
    no action that is rejected: why something is not done is never held."""
    if answer["outcome"] == "rejected":
        return []
    proposed = {one["id"]: one for one in package.get("proposed_actions") or []}
    reply = (answer.get("response") or {}).get("text")
    # A plain approval costs nothing.
    is_draft = reply == (package.get("draft_response") or {}).get("text")
    texts = [None if is_draft else reply, answer.get("instructions")]
    for one in answer["actions"]:
        if one["type"] != "reject":
            before = set(wrapped.texts((proposed.get(one["action_id"]) or {}).get("args")))
            edited = wrapped.texts((one.get("edited") or {}).get("args"))
            texts += [one.get("message"), *wrapped.texts(one.get("value"))]
            texts += [text for text in edited if text not in before]
    return [text for text in texts if text]


def named(
    package: JSON,
    said: Sequence[Written],
    policy: PolicyDocument,
    terms: CaseTerms,
    *,
    now: datetime,
    shown: Sequence[Written] | None = None,
) -> More | None:
    """What money that a person adds in words asks for beyond these terms; None if nothing.

    It counts in every currency, with limits or without. What may be another word counts where its
    currency has limits, a measure from the least limit on. `shown` is what people see of it, where
    that is not all.
    """
    of_type = compiled.of(policy, str(package.get("task_type") or ""))
    silent = _without_money(package)
    found: list[More] = []
    for one in said:
        for currency in amounts.judged_in(one, of_type.amounts):
            stated = _stating(silent, one.amount, currency)
            more = answer_judging.of_words(stated, silent, policy, terms, now=now)
            if more is not None and shown is not None and one not in shown:
                more = replace(more, reasons=tuple(quoting.unquoted(more.reasons, [])))
            found += [more] if more else []
    strongest = strongest_of(found)
    return replace(strongest, where=kept.WRITTEN) if strongest else None


def strongest_of(found: Iterable[More | None]) -> More | None:
    """The one that asks for the most; what holds a press before what asks for more people."""
    return min(
        (one for one in found if one is not None),
        key=lambda one: (one.only_approvals, -one.verdict.level, -one.verdict.approvals),
        default=None,
    )


def _without_money(package: JSON) -> JSON:
    """A call of nothing in the place of all others, and no amount beside it: what it meets is not
    met by money in words."""
    silent = _with_args(answer_judging.saying(package, ""), {})
    risk = observations.part(package, "risk")
    return {**silent, "risk": {**risk, "amount": None}} if "amount" in risk else silent


def _stating(silent: JSON, amount: Decimal, currency: str) -> JSON:
    args = {"amount": f"{amount:f}", **({"currency": currency} if currency else {})}
    return _with_args(silent, args)


def _with_args(package: JSON, args: JSON) -> JSON:
    return {**package, "proposed_actions": [{"id": AS_CALL, "name": AS_CALL, "args": args}]}
