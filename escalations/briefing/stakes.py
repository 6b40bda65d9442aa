"""What it costs if the answer is wrong, as far as the agent says; where it says nothing, that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from escalations.briefing.standing_answer import StandingAnswer
from escalations.proposal import call_parts
from escalations.proposal.calls import ProposedStep
from escalations.text import untrusted

_UNKNOWN_COST = "Not provided by the agent: the amount, the risk, a way back."


@dataclass(frozen=True, slots=True)
class Cost:
    """What is lost if the answer is wrong, as far as the agent says."""

    sentence: str
    short: str
    known: bool
    factors: tuple[str, ...] = field(default=())


def cost(package: Mapping[str, Any], steps: Sequence[ProposedStep]) -> Cost:
    """What is at stake and whether it can be taken back; says so where the agent says nothing."""
    actions = package.get("proposed_actions") or ()
    risks = [r for r in (package.get("risk"), *(a.get("risk") for a in actions)) if r]
    at_stake = _at_stake(package.get("risk"), actions) or call_parts.listed(
        [s.money for s in steps if s.money]
    )
    reversible = [r["reversible"] for r in risks if "reversible" in r]
    said, short = [], []
    if at_stake:
        said.append(f"{at_stake} at stake.")
        short.append(at_stake)
    backs, brief = _taking_back(reversible, actions)
    level = next((r["level"] for r in risks if r.get("level")), "")
    if level:
        said.append(f"{level.capitalize()} risk.")
    known = bool(at_stake or level or reversible or brief)
    if not known:
        return Cost(_UNKNOWN_COST, "not stated", False)
    factors = tuple(f for r in risks for f in r.get("factors") or ())
    short.append(brief or ("" if short else f"{level} risk"))
    return Cost(" ".join([*said, backs]), ", ".join(filter(None, short)), True, factors[:50])


def of_answer(package: Mapping[str, Any], answer: StandingAnswer) -> Cost:
    """The same of an answer that waits for others: only what it clears, with its amounts where the
    calls say them."""
    cleared = [step for step in answer.steps if step.is_cleared]
    if not cleared:
        return Cost("No action is cleared by it.", "no action cleared", known=True)
    names = {step.action_id for step in cleared}
    actions = [a for a in package.get("proposed_actions") or () if a["id"] in names]
    whole = dict(package)
    if any(step.money for step in cleared):
        # The agent spoke of what it proposed.
        actions = [{**one, "risk": _without_amount(one.get("risk"))} for one in actions]
        whole["risk"] = _without_amount(package.get("risk"))
    return cost({**whole, "proposed_actions": actions}, cleared)


def _without_amount(risk: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {key: value for key, value in (risk or {}).items() if key != "amount"}


def _at_stake(risk: Mapping[str, Any] | None, actions: Sequence[Mapping[str, Any]]) -> str:
    """What the actions put at stake together, or what the package says if that is more."""
    sums: dict[str, Decimal] = {}
    for action in actions:
        amount = (action.get("risk") or {}).get("amount")
        if amount:
            sums.setdefault(amount["currency"], Decimal(0))
            sums[amount["currency"]] += Decimal(amount["value"])
    whole = (risk or {}).get("amount")
    if whole:
        stated = Decimal(whole["value"])
        sums[whole["currency"]] = max(stated, sums.get(whole["currency"], stated))
    return call_parts.listed(
        [call_parts.money(amount, currency) for currency, amount in list(sums.items())[:3]]
    )


def _taking_back(reversible: list[bool], actions: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    ways = [a["compensation"] for a in actions if a.get("compensation")]
    if False in reversible:
        return "It cannot be taken back.", "cannot be taken back"
    elif ways:
        note = ways[0].get("note") or call_parts.verb_phrase(ways[0].get("name") or "")
        note = untrusted.line(note, 200).rstrip(" .")
        return f"It can be taken back: {note[:1].lower()}{note[1:]}.", "can be taken back"
    elif True in reversible:
        return "It can be taken back.", "can be taken back"
    else:
        return "Nothing says whether it can be taken back.", ""
