"""How much human does this package need? A pure function of package, policy, hard rules and time.

Layers, strongest first: hard rules; an explicit wish for a person; what the package asks for; the
policy's limits and rules; and, only for what is still at level 1, the bands of confidence. Every
layer may raise the level and none can lower it.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from escalations.money import currencies
from escalations.package import observations, wanted_people
from escalations.policy import hard_rules, methods
from escalations.policy.document import PolicyDocument
from escalations.policy.hard_rules import Compiled, HardRule
from escalations.policy.methods import Outlook
from escalations.text import formatting, moments
from escalations.triage import compiled, due, kept, stopping, tunable_rules
from escalations.triage.compiled import Subject
from escalations.triage.verdict import DISPOSITIONS, HARD, PRIORITIES, Notes, Reason, Verdict

TRIGGERS = {
    "confidence": "low_confidence",
    "person": "customer_request",
    "sentiment": "sentiment",
    "failures": "repeated_failure",
    "turns": "timeout",
    "minutes": "timeout",
    "amount": "high_risk_action",
    "two_people": "high_risk_action",
    "critical": "high_risk_action",
    "hard/emergency": "emergency",
    "hard/regulated": "regulatory",
    "hard/legal_threat": "regulatory",
    "hard/compliance": "compliance",
    "hard/cannot_be_undone": "high_risk_action",
    "hard/legal_amount": "high_risk_action",
}
# What an agent may ask for in `requested.method`, and the level that gives it at least.
METHODS = {
    "take_over": (3, "The agent asks a person to take over."),
    "callback": (3, "The customer wants to be called back by a person."),
    "answer_question": (2, "The agent asks a question that a person has to answer."),
    "choose_option": (2, "The agent asks a person to choose."),
    "message": (2, "The agent leaves a message for a person."),
}

CALLED_BY = ("phone", "telephone", "mobile")


def judge(
    package: dict[str, Any],
    policy: PolicyDocument,
    *,
    now: datetime,
    rules: Compiled | None = None,
    draw: str | float = "",
    outlook: Callable[..., Outlook] | None = None,
    proposed: dict[str, Any] | None = None,
    before: Sequence[Reason] = (),
    draft: bool = True,
) -> Verdict:
    """The verdict on a package. Never raises, whatever the package holds.

    `outlook` says who could take such a case now, which decides how a person comes in; without
    one people are taken to be there. `draw` picks the share of the middle band that is flagged: an
    identity such as the digest, of which always the same number is made, or that number itself,
    from 0 to 1. `proposed` is the package before a person changed what leaves; `before` is what
    holds already, whatever this package says. `draft` is whether money counts that only the
    draft and the texts of calls name; what a person wrote is judged by itself (see `words`).
    """
    rules = rules or hard_rules.current()
    subject = compiled.subject(package, policy, now, proposed=proposed, draft=draft)
    notes = _begin(subject)
    topics = rules.topics_of(subject.text, said=observations.said(package))
    _hard(subject, rules, topics, notes)
    _person(subject, rules, topics, notes)
    kept.note(before, rules, notes)
    _requested(subject, notes)
    tunable_rules.note(subject, notes)
    if notes.approvals > 1:
        sentence = f"{notes.approvals} people have to approve."
        notes.add(2, "approvals", sentence, notes.approvals, approvals=notes.approvals)
    if notes.level == 1:
        stopping.note(subject, rules, notes)
        _unnamed(subject, notes)
        kept.note_waiting(before, notes)
    # After all that may raise the level: the bands settle only what is still at level 1.
    flagged = _bands(subject, notes, draw)
    # Last, so that among equals it is the weakest reason.
    _base(subject, notes)
    return _verdict(subject, notes, flagged=flagged, outlook=outlook)


def _begin(subject: Subject) -> Notes:
    task_type = subject.terms.task_type
    notes = Notes(task_type.level, task_type.approvals, dict(task_type.skills))
    if subject.package.get("priority") in PRIORITIES:
        notes.priority = PRIORITIES.index(subject.package["priority"])
    return notes


def _hard(subject: Subject, rules: Compiled, topics: dict[str, str], notes: Notes) -> None:
    trigger = observations.part(subject.package, "trigger").get("type")
    if isinstance(trigger, str):
        for rule in rules.by_trigger.get(trigger.casefold(), ()):
            _fire(
                notes, rule, f"the agent gives “{formatting.cut(trigger)}” as its reason", trigger
            )
    for flag in _flags(subject.package):
        for rule in rules.by_flag.get(wanted_people.words(flag), ()):
            _fire(notes, rule, f"the case carries the flag “{formatting.cut(flag)}”", flag)
    for rule, phrases in rules.by_words:
        word = phrases.first(subject.text)
        if word:
            _fire(notes, rule, f"“{word}” was written", word)
    for topic, words in topics.items():
        for rule in rules.by_topic.get(topic, ()):
            _fire(notes, rule, f"“{formatting.cut(words)}” was written", words)
    for rule in rules.by_task_type.get(subject.name, ()):
        _fire(notes, rule, "", subject.name)
    _hard_risk(subject, rules, notes)


def _hard_risk(subject: Subject, rules: Compiled, notes: Notes) -> None:
    if rules.irreversible and observations.irreversible(subject.package):
        for rule in rules.irreversible:
            _fire(notes, rule, "the agent says that it cannot be taken back", observed=False)
    for sentence in subject.money.unreadable[:1]:
        for rule, _ in rules.by_amount:
            _fire(notes, rule, formatting.inside(sentence))
    for currency, amount in subject.amounts.items():
        up_to = "what may be up to " if subject.money.may_be_less(currency) else ""
        shown = f"{up_to}{currencies.written(amount, currency)}"
        _hard_amount(amount, currency, shown, rules, notes)
    for said in subject.promised:
        shown = f"{currencies.written(said.amount, said.currency)} in {said.where}"
        _hard_amount(said.amount, said.currency, shown, rules, notes)


def _hard_amount(amount: Decimal, currency: str, shown: str, rules: Compiled, notes: Notes) -> None:
    for rule, limits in rules.by_amount:
        limit = limits.get(currency)
        if limit is None:
            _fire(notes, rule, f"{shown}, and no limit is set for {currency}", amount)
        elif amount > limit:
            above = f"{shown} is above {currencies.written(limit, currency)}"
            _fire(notes, rule, above, amount, limit)


def _fire(
    notes: Notes,
    rule: HardRule,
    because: str,
    observed: object = None,
    threshold: object = None,
) -> None:
    sentence = f"{rule.reason}: {because}." if because else f"{rule.reason}."
    notes.add(
        rule.level, f"{HARD}{rule.name}", sentence, observed, threshold,
        approvals=rule.approvals, skills=rule.skills,
    )  # fmt: skip
    notes.hasten(rule.priority)


def _person(subject: Subject, rules: Compiled, topics: dict[str, str], notes: Notes) -> None:
    """An explicit wish for a person always wins: at least level 3, whatever the policy says."""
    trigger = observations.part(subject.package, "trigger").get("type")
    flagged = any(
        wanted_people.words(flag) in rules.person_flags for flag in _flags(subject.package)
    )
    wish = rules.asks_for_person(subject.text, topics)
    if wish or flagged or trigger == "customer_request":
        said = f" (“{formatting.cut(wish)}”)" if wish else ""
        sentence = f"The customer asks for a person{said}; that is always obeyed."
        notes.add(rules.person_level, "person", sentence, wish or "customer_request")
        notes.hasten("high")


def _requested(subject: Subject, notes: Notes) -> None:
    """The package may ask for more human, never for less."""
    method = _method_wished(subject)
    if method in METHODS:
        level, sentence = METHODS[method]
        notes.add(level, "requested", sentence, method)
    requested = observations.part(subject.package, "requested")
    wanted = requested.get("approvals_needed")
    if isinstance(wanted, int) and not isinstance(wanted, bool):
        notes.people(min(wanted, 10))
    skills = requested.get("skills")
    if isinstance(skills, list):
        notes.require({skill: 1 for skill in skills[:32] if observations.can_be_skill(skill)})


def _unnamed(subject: Subject, notes: Notes) -> None:
    """Money that may not be what it looks like is never moved by the agent alone, nor named in
    words as which the customer's demand may be granted or refused."""
    for sentence in subject.money.unreadable[:1]:
        notes.add(2, "amount_from", f"{sentence}.")
    for said in filter(subject.is_above_a_limit, subject.promised):
        sentence = f"{said.sentence}, and nothing but words names it; a person is to see it."
        notes.add(2, "amount", sentence, said.amount)
    for action, argument in subject.money.unnamed[:1]:
        sentence = (
            f"“{argument}” of “{action}” looks like an amount, and the policy does not say where "
            "its amount stands."
        )
        notes.add(2, "amount_from", sentence, argument)


def _bands(subject: Subject, notes: Notes, draw: str | float) -> bool:
    """Whether level 1 work is flagged. Above level 1 a low confidence is still worth a sentence."""
    confidence = observations.confidence(subject.package)
    below = subject.terms.review_below
    needs = f"{formatting.with_verb(subject.title, 'need', 'needs')} {formatting.percent(below)}"
    if confidence is None:
        if notes.level == 1:
            sentence = f"The agent does not say how sure it is; {needs}."
            notes.add(2, "confidence", sentence, None, below)
        return False
    sure = f"The agent is {formatting.percent(confidence)} sure"
    if confidence < below:
        notes.add(2, "confidence", f"{sure}; {needs}.", confidence, below)
        return False
    elif notes.level > 1:
        return False
    else:
        return _alone(subject, notes, confidence, draw)


def _alone(subject: Subject, notes: Notes, confidence: Decimal, draw: str | float) -> bool:
    act_at = subject.terms.act_at
    go = f"{formatting.with_verb(subject.title, 'go', 'goes')} alone"
    seen = f"The agent is {formatting.percent(confidence)} sure; {go}"
    flagged = confidence < act_at and _drawn(draw) < subject.terms.task_type.flag_share
    if confidence >= act_at:
        sentence = f"{seen} from {formatting.percent(act_at)}."
    else:
        what = "this one" if flagged else "a sample"
        sentence = f"{seen}, and below {formatting.percent(act_at)} {what} is checked afterwards."
    notes.add(1, "confidence", sentence, confidence, act_at)
    return flagged


def _drawn(draw: str | float) -> float:
    if isinstance(draw, str):
        digest = hashlib.sha256(draw.encode("utf-8", "replace")).digest()
        # 48 bits, which a float holds exactly, so that the answer is below 1.
        return int.from_bytes(digest[:6]) / 2**48
    else:
        return draw


def _base(subject: Subject, notes: Notes) -> None:
    level = subject.terms.task_type.level
    if subject.terms.known:
        are = formatting.with_verb(subject.title, "are", "is")
        sentence = f"{are[:1].upper()}{are[1:]} on level {level}: {formatting.LEVELS[level]}."
        notes.add(level, "level", sentence, level)
    else:
        unknown = f"The policy does not know “{formatting.cut(subject.title)}”"
        sentence = f"{unknown}; its fallback is level {level}: {formatting.LEVELS[level]}."
        notes.add(level, "fallback", sentence, subject.name, level)


def _verdict(
    subject: Subject, notes: Notes, *, flagged: bool, outlook: Callable[..., Outlook] | None
) -> Verdict:
    task_type, level = subject.terms.task_type, notes.level
    if level == 4:
        notes.hasten("urgent")
    expires_at, on_timeout = due.end(subject)
    respond_by = due.respond_by(subject, notes)
    # A sort leaves equals in their order: of the same level, the stronger layer comes first.
    reasons = sorted(notes.reasons, key=lambda reason: -reason.level)
    trigger = observations.part(subject.package, "trigger").get("type")
    return Verdict(
        task_type=subject.name,
        task_type_known=subject.terms.known,
        level=level,
        disposition=DISPOSITIONS.get(level, "proceed_and_flag" if flagged else "proceed"),
        priority=PRIORITIES[notes.priority],
        skills=notes.skills,
        approvals=notes.approvals,
        blind=task_type.blind,
        respond_by=respond_by,
        expires_at=expires_at,
        on_timeout=on_timeout,
        undo_s=task_type.undo_s,
        method=_method(subject, notes, outlook),
        reasons=reasons,
        flagged=flagged,
        trigger=trigger if isinstance(trigger, str) else _derived(reasons),
        trigger_stated=isinstance(trigger, str),
        units=task_type.units,
        strict=task_type.strict,
        callback_at=moments.found(
            observations.part(subject.package, "requested").get("callback_at")
        ),
        alert_at=due.alert_at(subject, level, respond_by),
    )


def _derived(reasons: list[Reason]) -> str:
    """A package without a stated trigger gets that of its strongest reason."""
    return TRIGGERS.get(reasons[0].rule, "policy")


def _method(subject: Subject, notes: Notes, outlook: Callable[..., Outlook] | None) -> str:
    seen = None
    if outlook is not None and notes.level >= methods.TAKES_OVER:
        seen = outlook(
            task_type=subject.name,
            skills=notes.skills,
            units=subject.terms.task_type.units,
            level=notes.level,
            ahead=None,
            now=subject.now,
        )
    contact = observations.part(subject.package, "context", "customer").get("contact")
    return methods.choose(
        level=notes.level,
        wish=_method_wished(subject),
        live=observations.live(subject.package) is not False,
        reachable=isinstance(contact, dict) and any(contact.get(way) for way in CALLED_BY),
        outlook=seen,
        wait=subject.terms.task_type.customer_wait,
    ).name


def _method_wished(subject: Subject) -> str:
    requested = observations.part(subject.package, "requested")
    method = requested.get("method")
    if moments.found(requested.get("callback_at")):
        return "callback"
    else:
        return method if isinstance(method, str) else ""


def _flags(package: dict[str, Any]) -> list[str]:
    codes = (flag.get("code") for flag in observations.parts(package, "flags"))
    return [code for code in codes if isinstance(code, str)]
