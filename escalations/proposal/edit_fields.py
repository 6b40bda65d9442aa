"""What an edit form is made of: forms of rows, rows of fields."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from escalations.proposal import call_parts


@dataclass(frozen=True, slots=True)
class ListedValue:
    """One entry of a list to choose from; `value` is JSON text."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class InputField:
    """One field to type in. `was` is what it shows for the proposed value, `tidy` an amount with
    all digits of its currency, where it was typed with fewer."""

    name: str
    action_id: str
    pointer: str
    kind: str
    was: str
    value: str
    control: str = "text"
    empty: str = "text"
    choices: tuple[ListedValue, ...] = ()
    spare: bool = False
    drop: str = ""
    dropped: bool = False
    fault: str = ""
    so: str = ""
    tidy: str = ""

    @property
    def changed(self) -> bool:
        """Whether it says something else than was proposed. Browsers end lines in another way."""
        return self.dropped or lines(self.value) != lines(self.was)

    @property
    def element_id(self) -> str:
        """An id for the page; unlike names, ids may hold no spaces."""
        return "f-" + "".join(c if c.isalnum() else f"-{ord(c):x}-" for c in self.name)


@dataclass(frozen=True, slots=True)
class ArgumentRow:
    """One argument: its label, what was proposed, and the fields to change it."""

    label: str
    path: str
    proposed: tuple[call_parts.Value, ...]
    entries: tuple[InputField, ...]
    is_list: bool = False
    locked: str = ""
    required: bool = False
    hint: str = ""
    about: str = ""
    known: tuple[call_parts.Value, ...] = ()

    def having(self, entries: Sequence[InputField]) -> "ArgumentRow":
        return replace(self, entries=tuple(entries))

    @property
    def pairs(self) -> Iterator[tuple[InputField, Sequence[call_parts.Value]]]:
        """Each field with what was proposed in its place."""
        for index, entry in enumerate(self.entries):
            yield entry, self.proposed[index : index + 1] if self.is_list else self.proposed


@dataclass(frozen=True, slots=True)
class EditForm:
    """Everything a page needs to let a person change one call."""

    action_id: str
    tool: str
    tools: tuple[str, ...]
    chosen: str
    rows: tuple[ArgumentRow, ...]
    trouble: str = ""
    fault: str = ""

    @property
    def changed(self) -> int:
        """How many of its fields say something else than was proposed."""
        fields = (entry for row in self.rows for entry in row.entries)
        return sum(entry.changed for entry in fields) + (self.chosen != self.tool)


def lines(text: str) -> str:
    """The text with one kind of line ends: browsers send another than they were given."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
