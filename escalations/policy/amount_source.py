"""Where the amount of an action stands in its arguments, as the policy says it."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from escalations.policy.part import Part

NO_MONEY = "no money"
IN_MINOR_UNITS = "minor units"
CURRENCY = "/currency"


def _pointer_works(text: str) -> str:
    if not re.fullmatch(r"(/([^~/\x00-\x1f]|~[01])+)+", text):
        raise PydanticCustomError(
            "pointer",
            "Not a place in the arguments. Write a JSON pointer such as /amount or /refund/total.",
        )
    return text


def _currency_works(text: str) -> str:
    if re.fullmatch("[A-Z]{3}", text):
        return text
    elif text.startswith("/"):
        return _pointer_works(text)
    else:
        raise PydanticCustomError(
            "currency", "Write a currency such as EUR, or where it stands, such as /currency."
        )


Pointer = Annotated[str, Field(max_length=255), AfterValidator(_pointer_works)]
CurrencyOrPointer = Annotated[str, Field(max_length=255), AfterValidator(_currency_works)]


class AmountSource(Part):
    """The place of an amount and of its currency; `amount: null` for an action without money."""

    amount: Pointer | None
    currency: CurrencyOrPointer = CURRENCY
    minor_units: bool = False

    def __str__(self) -> str:
        """`/amount, /currency, minor units`."""
        if self.amount is None:
            return NO_MONEY
        else:
            minor = [IN_MINOR_UNITS] if self.minor_units else []
            return ", ".join([self.amount, self.currency, *minor])


def told(sources: Mapping[str, AmountSource]) -> str:
    """All in one line, for sentences."""
    return "; ".join(lines(sources)) or "the arguments that look like one"


def lines(sources: Mapping[str, AmountSource]) -> list[str]:
    """`refund: /amount, /currency`, one for each action."""
    return [f"{name}: {source}" for name, source in sources.items()]


def written(line: str) -> tuple[str, dict[str, Any]]:
    """The action and its source in such a line; what is wrong with them the policy's check says.

    Raises ValueError for a line without an action or a place.
    """
    name, _, rest = (part.strip() for part in line.rpartition(": "))
    given = [part.strip() for part in rest.split(",") if part.strip()]
    if not name or not given:
        raise ValueError(line)
    if given == [NO_MONEY]:
        return name, AmountSource(amount=None).model_dump()
    minor = given[-1] == IN_MINOR_UNITS
    places = given[:-1] if minor else given
    if not 1 <= len(places) <= 2:
        raise ValueError(line)
    source = {"amount": places[0], "currency": (places[1:] or [CURRENCY])[0]}
    return name, {**source, "minor_units": minor}
