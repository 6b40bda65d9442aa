"""What an edit form is made of: forms of rows, rows of fields."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from escalations.proposal import call_parts
from escalations.text.untrusted import lines


@dataclass(frozen=True, slots=True)
class ListedValue:
    """One entry of a list to choose from; `value` is JSON text."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class InputField:
    """One field to type in. `was` is what it shows for the proposed value, `tidy` an amount with
    all digits of its currency, where it was typed with fewer. A `spare` one is not in the arguments
    before something is entered; one inside an object that is not there yet names that (`item`), and
    `like` is what the first of those that are there has."""

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
    item: str = ""
    drop: str = ""
    dropped: bool = False
    fault: str = ""
    so: str = ""
    tidy: str = ""
    like: str = ""

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
    """One argument: its label, what was proposed, and the fields to change it.

    Of a list of objects, each object has a row for its place (`is_head`) and one for each of its
    fields; `item` is the pointer to the object. `speaks_for` is a list whose own faults stand here.
    """

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
    item: str = ""
    is_head: bool = False
    item_label: str = ""
    speaks_for: str = ""
    remark: str = ""

    def having(self, entries: Sequence[InputField]) -> "ArgumentRow":
        return replace(self, entries=tuple(entries))

    @property
    def pairs(self) -> Iterator[tuple[InputField, Sequence[call_parts.Value]]]:
        """Each field with what was proposed in its place."""
        for index, entry in enumerate(self.entries):
            yield entry, self.proposed[index : index + 1] if self.is_list else self.proposed


@dataclass(frozen=True, slots=True)
class FormPart:
    """Rows that belong together: those of one object in a list, or else just one row."""

    head: ArgumentRow | None
    rows: tuple[ArgumentRow, ...]

    @property
    def is_spare(self) -> bool:
        """Whether it is an object that would be added."""
        return bool(self.rows and self.rows[0].item and self.head is None)

    @property
    def label(self) -> str:
        """What the object is called: "Line 2", "One more line"; nothing for a row by itself."""
        return self.head.label if self.head else self.rows[0].item_label


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

    def remarked(self, changes: Mapping[tuple[str, str], tuple[int, int]]) -> "EditForm":
        """With a remark at each field that is one argument and that people keep changing;
        `changes` are by tool and pointer."""
        return replace(self, rows=tuple(self._remarked(row, changes) for row in self.rows))

    def _remarked(
        self, row: ArgumentRow, changes: Mapping[tuple[str, str], tuple[int, int]]
    ) -> ArgumentRow:
        found = changes.get((self.tool, row.entries[0].pointer)) if row.entries else None
        if found is None or row.is_list or row.item:
            return row
        return replace(row, remark=f"Changed in {found[0]} of the last {found[1]} of these")

    @property
    def parts(self) -> Iterator[FormPart]:
        """The rows in their order, the objects of a list as one part each."""
        for _, rows in groupby(self.rows, key=lambda row: row.item or row.entries[0].name):
            found = tuple(rows)
            head = found[0] if found[0].is_head else None
            yield FormPart(head, found[1:] if head else found)

    @property
    def changed(self) -> int:
        """How many of its fields say something else than was proposed."""
        fields = (entry for row in self.rows for entry in row.entries)
        return sum(entry.changed for entry in fields) + (self.chosen != self.tool)
