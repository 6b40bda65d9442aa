"""Every "no" that a person or an agent can get, each with a sentence that says why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class By:
    """Who was first: the `by` of a refusal."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was sent, and the JSON pointer to it."""

    pointer: str
    detail: str


class Refused(Exception):
    """The act was not done, nothing was changed. `code` is for programs, `detail` for people."""

    def __init__(
        self, code: str, detail: str, *, by: By | None = None, at: datetime | None = None
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.by = by
        self.at = at


class Conflict(Refused):
    """Somebody or something else was faster; `by` and `at` say who and when."""


class NotAllowed(Refused):
    """This person or key may not do that."""


class NotFound(Refused):
    """There is no such thing for this person or key, whether or not it exists for others."""


class Invalid(Refused):
    """What was sent cannot be used; `errors` names every fault."""

    def __init__(self, detail: str, *, errors: Sequence[Fault] = (), code: str = "invalid") -> None:
        super().__init__(code, detail)
        self.errors = list(errors)

    @classmethod
    def of(cls, pointer: str, detail: str) -> "Invalid":
        """One fault, at this place of what was sent."""
        return cls(detail, errors=[Fault(pointer, detail)])
