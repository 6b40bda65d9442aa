"""What the agent wants to do, in plain words: a sentence for each call, a label for the button and
the question.

Sentences are made from what will run (the name and the arguments). The agent's own title is used
only where every figure in it stands in the arguments too.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from itertools import takewhile
from typing import Any, TypeVar

from escalations.money import in_calls, writing
from escalations.proposal import button_amounts, call_parts, payees, stated_facts, titles, verdicts
from escalations.proposal.call_parts import SentencePart, listed, money, verb_phrase
from escalations.proposal.labels import Names
from escalations.proposal.verdicts import CLEARING
from escalations.text import formatting, mask, untrusted

_AMOUNT_KEYS = ("amount", "refund_amount", "total", "total_amount", "sum", "value", "price")
_TARGET_KEYS = ("to", "recipient", "payee", "beneficiary", "beneficiary_account", "destination")
_TITLE_MAX, _SENTENCE_MAX = 160, 400


Step = TypeVar("Step", bound="ProposedStep")


@dataclass(frozen=True, slots=True)
class ProposedStep:
    """One thing that the agent would do if the answer is yes; `depends_on` are places from 1."""

    action_id: str
    kind: str
    name: str
    lead: str
    parts: tuple[SentencePart, ...]
    said: str
    call: Mapping[str, Any]
    allowed: tuple[str, ...] = verdicts.VERDICTS
    fixed: tuple[str, ...] = ()
    switchable_to: tuple[str, ...] = ()
    money: str = ""
    more_money: tuple[str, ...] = ()
    described: str = ""
    title: str = ""
    depends_on: tuple[int, ...] = ()
    can_be_cleared: bool = True
    is_over: bool = False
    ends_at: datetime | None = None
    is_whole: bool = True
    moves_money: bool = False
    # As the agent says; of an action that says nothing itself, the package's risk speaks.
    risk: Mapping[str, Any] = field(default_factory=dict)
    can_be_compensated: bool = False
    facts: tuple[stated_facts.Stated, ...] = ()

    @property
    def by_itself(self) -> tuple[str, ...]:
        """The verdicts that it can get beside those of others: those allowed, as far as what it
        depends on lets it be cleared; words answer a question, or a case as a whole."""
        return tuple(
            verdict
            for verdict in self.allowed
            if (self.can_be_cleared or verdict not in CLEARING)
            and (self.kind == "question" or verdict != "respond")
        )

    @property
    def is_left_by_an_edit(self) -> bool:
        """Whether an edit of the others leaves open what becomes of it."""
        return "approve" not in self.by_itself

    @property
    def must_be_seen(self) -> bool:
        """Whether it moves money, cannot be undone or is critical."""
        is_final = self.risk.get("reversible") is False
        return self.moves_money or is_final or self.risk.get("level") == "critical"

    @property
    def may_be_folded(self) -> bool:
        """Whether it is none of these by what is said: silence about undoing is no word."""
        can_be_undone = self.risk.get("reversible", self.can_be_compensated) is True
        return self.kind == "tool_call" and can_be_undone and not self.must_be_seen

    @property
    def raw(self) -> str:
        """The call as JSON, as it will run."""
        return f"{self.name} {json.dumps(self.call['args'], ensure_ascii=False, indent=2)}"

    @property
    def sentence(self) -> str:
        """The whole as one line of text."""
        return untrusted.line(self._told, _SENTENCE_MAX)

    @property
    def is_cut(self) -> bool:
        """Whether its sentence leaves out something that would leave."""
        return not self.is_whole or len(self._told) > _SENTENCE_MAX

    @property
    def _told(self) -> str:
        told = ", ".join(part.told for part in self.parts)
        return f"{self.lead}: {told}" if told else self.lead


def step(
    action: Mapping[str, Any],
    names: Names,
    risk: Mapping[str, Any] | None = None,
    *,
    now: datetime | None = None,
) -> ProposedStep:
    """One proposed action in words; `risk` is the package's, for the currency of an amount."""
    args = action.get("args") or {}
    stated = (action.get("risk") or risk or {}).get("amount") or {}
    amount, used = _amount(action, stated)
    target, target_key = _target(args, names)
    lead = _lead(action["name"], amount, target)
    title = said = untrusted.line(action.get("title") or "", _TITLE_MAX).rstrip(" .")
    told = {*used, target_key}
    if said and titles.is_true_to(said, action):
        # The agent's own words do not name the place that the arguments name.
        lead, told = _titled(said, action, risk), used
        if amount and (amount == mask.MASK or not titles.figures(amount) <= titles.figures(said)):
            lead = f"{lead}, {amount}"
        said = ""
    elif mask.stands_in(args) and titles.figures(said):
        # Its figures may be those of the masked arguments.
        title = said = ""
    parts, is_whole = call_parts.of(args, names, told)
    return ProposedStep(
        action_id=action["id"],
        kind=action.get("kind", "tool_call"),
        name=action["name"],
        lead=lead,
        parts=parts,
        said=said,
        call={"name": action["name"], "args": args},
        allowed=verdicts.allowed(action, now=now),
        is_over=verdicts.is_over(action, now),
        ends_at=verdicts.ends_at(action),
        fixed=_fixed(action),
        switchable_to=tuple(action.get("switchable_to") or ()),
        money=amount,
        more_money=button_amounts.of(args, amount, stated.get("currency") or ""),
        described=action.get("description") or "",
        title=title,
        is_whole=is_whole and not call_parts.is_cut(action["name"]),
        moves_money=in_calls.read(action, None).is_any,
        risk={**(risk or {}), **(action.get("risk") or {})},
        can_be_compensated=bool(action.get("compensation")),
        facts=stated_facts.of(action),
    )


def _lead(name: str, amount: str, target: str) -> str:
    lead = _with_money(verb_phrase(name), amount) if amount else verb_phrase(name)
    return _around(f"{lead} to {target}" if target else lead, name, pays=bool(amount))


def steps(
    package: Mapping[str, Any], names: Names, *, now: datetime | None = None
) -> tuple[ProposedStep, ...]:
    """Every proposed action in words, in the agent's order, as it may be answered at `now`."""
    risk, actions = package.get("risk"), package.get("proposed_actions") or ()
    places = {action["id"]: place for place, action in enumerate(actions, 1)}
    clearable = verdicts.clearable(actions, now=now)
    return tuple(
        replace(
            step(action, names, risk, now=now),
            depends_on=tuple(
                sorted({places[name] for name in action.get("depends_on") or () if name in places})
            ),
            can_be_cleared=action["id"] in clearable,
        )
        for action in actions
    )


def unfolded(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Those that stand open: all but the last ones that may be folded, if they are two or more."""
    folded = sum(1 for _ in takewhile(lambda step: step.may_be_folded, reversed(steps[1:])))
    return steps[: len(steps) - folded] if folded > 1 else steps


def approve_label(steps: Sequence[ProposedStep], *, replies: bool, hands_to: str = "") -> str:
    """What Approve does: "refund €184.00 and reply". Empty if there is nothing to approve."""
    doing = [short(step) for step in steps if step.kind != "question"]
    if len(doing) > 2:
        doing = [f"do all {len(steps)} actions"]
    elif not doing and steps:
        doing = [short(step) for step in steps[:1]]
    if replies:
        doing.append("reply" if doing else "send the reply")
    if hands_to:
        doing.append(f"hand the case to {hands_to}")
    return listed(doing)


def question(
    steps: Sequence[ProposedStep],
    *,
    customer: str,
    agent: str,
    replies: bool,
    options: bool,
    to: str = "",
) -> str:
    """The one question of the case, naming amount and person where they are known; `to` is
    another agent that would get it."""
    doing = next((step for step in steps if step.kind != "question"), None)
    if doing:
        more = f", and {len(steps) - 1} more" if len(steps) > 1 else ""
        return asked(f"{_with_person(doing, customer)}{more}")
    elif steps:
        return asked(steps[0].title or steps[0].described or steps[0].lead)
    elif replies:
        return asked(f"Send this reply to {customer or 'the customer'}")
    elif to:
        return asked(f"Hand this case to {to}")
    elif options:
        return asked(f"What should {agent} do{_for(customer)}")
    else:
        return asked(
            f"What should {agent} tell {customer}" if customer else f"How should {agent} go on"
        )


def summary(package: Mapping[str, Any]) -> str:
    """The summary, without the name of a tool that its agent put in front."""
    text: str = package["summary"]
    for action in package.get("proposed_actions") or ():
        if text.startswith(f"{action['name']}: "):
            return text[len(action["name"]) + 2 :]
    return formatting.without_tool(text)


def in_words(text: str, package: Mapping[str, Any]) -> str:
    """A sentence of the agent's in which the names of its tools, and other codes, read as words."""
    for action in package.get("proposed_actions") or ():
        if "_" in action["name"]:
            text = text.replace(action["name"], f"“{verb_phrase(action['name'])}”")
    return formatting.code_in_words(text)


def _with_money(phrase: str, amount: str) -> str:
    return f"{phrase} {amount}" if " " not in phrase and _pays(phrase) else f"{phrase} of {amount}"


def _pays(lead: str) -> bool:
    return lead.split(" ", 1)[0].lower() in call_parts.PAYING


def _amount(action: Mapping[str, Any], stated: Mapping[str, str]) -> tuple[str, set[str]]:
    """The amount of a call as money, and the arguments that say it."""
    args = action.get("args") or {}
    for key in _AMOUNT_KEYS:
        value, currency = args.get(key), args.get("currency")
        if mask.stands_in(value):
            return mask.MASK, {key}
        elif isinstance(value, dict) and value.keys() == {"value", "currency"}:
            inside = currency_code(value["currency"])
            if _is_number(value["value"], inside):
                return money(value["value"], inside), {key}
        elif not _is_number(value, currency_code(currency)):
            continue
        elif currency_code(currency):
            return money(value, currency_code(currency)), {key, "currency"}
        elif stated and money(value) == money(stated["value"]):
            return money(value, stated["currency"]), {key}
    return "", set()


def _is_number(value: Any, currency: str) -> bool:
    """Whether it reads as one number only: of `5.000` nobody knows, so it is told as it stands."""
    if isinstance(value, bool) or not isinstance(value, str | int | float) or not money(value):
        return False
    written = writing.read(value, currency)
    return written is not None and written.amount == abs(Decimal(str(value)))


def is_amount(key: str) -> bool:
    """Whether an argument of that name is money."""
    return key in _AMOUNT_KEYS


def currency_code(value: Any) -> str:
    """The value where it is a currency such as EUR, otherwise nothing."""
    return value if isinstance(value, str) and re.fullmatch("[A-Z]{3}", value) else ""


def _target(args: Mapping[str, Any], names: Names) -> tuple[str, str]:
    for key in _TARGET_KEYS:
        value = args.get(key)
        if isinstance(value, str) and 0 < len(value) <= 80:
            return _place(value, names), key
    return "", ""


def _place(value: str, names: Names) -> str:
    if names.get(value):
        return untrusted.line(f"{names.get(value)} ({value})", 120)
    ending = re.fullmatch(r"(card|account|acct|acc)[_-](\d{4})", value)
    if ending:
        return f"{'card' if ending[1] == 'card' else 'account'} ending {ending[2]}"
    return untrusted.line(value, 80)


def _titled(title: str, action: Mapping[str, Any], risk: Mapping[str, Any] | None) -> str:
    """The title; with the tool's name where that does several things of which the title leaves
    one out, and of what cannot be taken back where it has no word of it."""
    name, words = action["name"], formatting.capitalised(title)
    is_final = {**(risk or {}), **(action.get("risk") or {})}.get("reversible") is False
    if titles.does_several(name) and not titles.names_each_part(title, name):
        return _around(f"{words}, by “{verb_phrase(name).lower()}”", name, pays=False)
    named = not is_final or titles.names_the_tool(title, name)
    return words if named else f"{words}, by “{verb_phrase(name).lower()}”"


def _around(words: str, name: str, *, pays: bool) -> str:
    """`Block` of `cards.block` as "Block in cards"."""
    more = call_parts.around(name, pays=pays)
    return f"{words} in {more}" if more else words


def _fixed(action: Mapping[str, Any]) -> tuple[str, ...]:
    editable = action.get("editable_args")
    if editable is None:
        return ()
    return tuple(key for key in action.get("args") or {} if key not in editable)


def short(step: ProposedStep) -> str:
    """The step in as few words as a button holds."""
    bare = _bare(step)
    is_long = len(bare) > 48
    words = verb_phrase(step.name) if is_long else bare
    if not is_long and len(words) > 32:
        words = words.split(" to ", 1)[0]
    if step.money and step.money not in words:
        words = f"{words}, {step.money}"
    words = button_amounts.added(words, step.more_money)
    if is_long or bare != step.lead:
        words = _around(words, step.name, pays=bool(step.money))
    return words[:1].lower() + words[1:] if words[1:2].islower() or " " in words[:2] else words


def _bare(step: ProposedStep) -> str:
    """The lead without what stands before the verb in the tool's name."""
    more = call_parts.around(step.name, pays=bool(step.money))
    return step.lead.removesuffix(f" in {more}") if more else step.lead


def _with_person(step: ProposedStep, customer: str) -> str:
    phrase = verb_phrase(step.name)
    bare = _bare(step)
    if bare.split(",")[0].split(" to ")[0] not in (phrase, f"{phrase} {step.money}"):
        phrase = bare
    elif step.money:
        phrase = _with_money(phrase, step.money)
    else:
        phrase = _counted(phrase, step.parts)
    if bare != step.lead:
        phrase = _around(phrase, step.name, pays=bool(step.money))
    pays = bool(step.money) and payees.is_paid(verb_phrase(step.name))
    args = step.call["args"]
    payee = payees.of(args, customer) if step.money else ""
    if payee and payee not in phrase:
        is_target = payee == _target(args, Names())[0]
        phrase += f" to {payee}" if pays or is_target else _for(payee)
    if customer and customer not in phrase:
        to = pays and " to " not in phrase and " from " not in phrase
        phrase += f" to {customer}" if to else _for(customer)
    return phrase


def _counted(phrase: str, parts: Sequence[SentencePart]) -> str:
    """The phrase with the number of its items or the id of its order."""
    verb, _, noun = phrase.partition(" ")
    last = phrase.rsplit(" ", 1)[-1]
    for part in parts:
        count = len(part.values) + part.more
        if part.label == last and last.endswith("s") and count and noun:
            return f"{verb} {count} {noun if count > 1 else noun[:-1]}"
        elif part.label == last and count == 1 and len(part.values[0].text) <= 24:
            return f"{phrase} {part.values[0].text}"
    return phrase


def _for(customer: str) -> str:
    return f" for {customer}" if customer else ""


def asked(text: str) -> str:
    """The text as a question."""
    return untrusted.line(text, 200).rstrip(" .?!…") + "?"
