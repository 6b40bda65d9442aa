"""Money that several parts of a call come to, by currency."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Worth:
    """Money by currency; `loose` is money of no known one. `names` are those that say so.

    `shared` is how much of the loose money is that of a currency once more.
    """

    amounts: dict[str, Decimal] = field(default_factory=dict)
    loose: Decimal = Decimal(0)
    shared: dict[str, Decimal] = field(default_factory=dict)
    names: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.amounts or self.loose)

    def at_most(self, currency: str) -> Decimal:
        """What it is if the loose money is of this currency."""
        nothing = Decimal(0)
        own = self.amounts.get(currency, nothing) - self.shared.get(currency, nothing)
        return own + self.loose

    @classmethod
    def largest(cls, parts: Iterable["Worth"]) -> "Worth":
        """Of several sayings of the same money, by currency."""
        known = [part for part in parts if part]
        if len(known) < 2:
            return known[0] if known else NONE
        loose = max(part.loose for part in known)
        amounts: dict[str, Decimal] = {}
        for part in known:
            for currency, amount in part.amounts.items():
                amounts[currency] = max(amount, amounts.get(currency, amount))
        shared = {
            currency: amount + loose - max(part.at_most(currency) for part in known)
            for currency, amount in amounts.items()
        }
        return cls(amounts, loose, shared, _names(known))

    def times(self, number: Decimal) -> "Worth":
        """So many of them."""
        amounts = {currency: amount * number for currency, amount in self.amounts.items()}
        shared = {currency: amount * number for currency, amount in self.shared.items()}
        return Worth(amounts, self.loose * number, shared, self.names)

    def also_in(self, others: Iterable[str], currency: str) -> "Worth":
        """As much in each of these as in this currency, where both stand beside the amount."""
        amount = self.amounts.get(currency)
        more = {other: max(amount, self.amounts.get(other, amount)) for other in others if amount}
        return replace(self, amounts=self.amounts | more) if more else self

    @classmethod
    def total(cls, parts: Iterable["Worth"]) -> "Worth":
        known = [part for part in parts if part]
        if len(known) < 2:
            return known[0] if known else NONE
        return cls(
            summed(part.amounts for part in known),
            sum((part.loose for part in known), Decimal(0)),
            summed(part.shared for part in known),
            _names(known),
        )


def summed(parts: Iterable[Mapping[str, Decimal]]) -> dict[str, Decimal]:
    """Amounts by currency, added up."""
    found: dict[str, Decimal] = {}
    for part in parts:
        for currency, amount in part.items():
            found[currency] = found.get(currency, Decimal(0)) + amount
    return found


def _names(parts: Iterable[Worth]) -> frozenset[str]:
    return frozenset[str]().union(*(part.names for part in parts))


NONE = Worth()
