"""What a person can do to a case: one declaration for each verb, and everything is drawn from it.

The buttons, the list of keys, the palette, the dialogs, the plain form, the frame of the socket,
the table in docs/api.md and the tests of who may what all ask here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Flag, StrEnum, auto
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from escalations.access import Viewer
from escalations.eligibility import DECIDES
from escalations.models import Escalation, State

JSON = dict[str, Any]
Fields = Mapping[str, str]
Model = TypeVar("Model", bound=BaseModel)
Model_contra = TypeVar("Model_contra", bound=BaseModel, contravariant=True)


class Relation(Flag):
    """How a person stands to a case: it is theirs (held, offered or decided), or it is not."""

    HAS_IT = auto()
    OTHERS = auto()
    LEADS = auto()  # Of the others, those who lead.
    ANYBODY = HAS_IT | OTHERS


class Place(StrEnum):
    """The group of buttons that one stands in; they follow each other in this order.

    What stands open only to who has the case, or only for a while, gives back: the last group, as
    its coming moves none of the others.
    """

    OFFER = "offer"
    ANSWER = "answer"
    HAND_ON = "hand_on"
    GIVE_BACK = "give_back"


class After(StrEnum):
    """What a screen does when it was done."""

    STAY = "stay"
    NEXT = "next"  # On to the next case.
    GONE = "gone"  # The same, and the list is asked for again: it may not be theirs to see now.


# Where a case can be answered or handed on: free, or in this person's hands.
ANSWERABLE: Mapping[State, Relation] = {
    State.WAITING: Relation.ANYBODY,
    State.SECOND: Relation.ANYBODY,
    State.OFFERED: Relation.HAS_IT,
    State.HELD: Relation.HAS_IT,
}


class Nothing(BaseModel):
    """The arguments of a verb that needs none."""

    model_config = ConfigDict(extra="ignore")


class Allowing(Protocol):
    """One proposed action, and the answers that the agent allows to it."""

    @property
    def allowed(self) -> Sequence[str]: ...
    @property
    def by_itself(self) -> Sequence[str]: ...
    @property
    def is_left_by_an_edit(self) -> bool: ...


class Content(Protocol):
    """What of a briefing decides which answers fit it."""

    @property
    def approve(self) -> str: ...
    @property
    def hands_to(self) -> str: ...
    @property
    def may_be_handed(self) -> bool: ...
    @property
    def options(self) -> Sequence[object]: ...
    @property
    def steps(self) -> Sequence[Allowing]: ...
    @property
    def edits(self) -> Sequence[object]: ...
    @property
    def draft(self) -> object | None: ...


class Act(Protocol[Model_contra]):
    """Does it, by one rule of the life cycle. Raises Refused."""

    def __call__(
        self,
        escalation: Escalation,
        said: Model_contra,
        /,
        *,
        by: Viewer,
        version: int,
        now: datetime,
    ) -> Escalation: ...


def _always(_: Content) -> bool:
    return True


def _of_any(escalation: Escalation) -> bool:
    return True


def _for_anybody(viewer: Viewer, escalation: Escalation) -> bool:
    return True


def _never(_: object) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Button:
    """How it is pressed. Without a `place` it is drawn where it is asked for, not among the others.

    `look` are classes of the button, `template` draws another one than usual.
    `only_if` says of which cases it is drawn, where the verb is open; `fits` says whether this
    content has it, `is_main` whether it stands first and large there.
    """

    words: str
    place: Place | None = None
    icon: str = ""
    look: str = ""
    words_for_leads: str = ""
    template: str = ""
    only_if: Callable[[Escalation], bool] = _of_any
    fits: Callable[[Content], bool] = _always
    is_main: Callable[[Content], bool] = _never


@dataclass(frozen=True, slots=True)
class Key:
    """The single key that presses the button. `does` completes "Press again to …"; `help` stands in
    the list of keys, with the number keys that may follow, the first and the last."""

    key: str
    does: str
    help: str
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb(Generic[Model]):
    """One thing that a person can do to a case.

    `told` says for programs what it does with each argument (docs/api.md), `example` are arguments
    that would do. Without an `act` it answers the agent, see `deciding`.
    """

    name: str
    told: str
    arguments: type[Model]
    example: Mapping[str, Any] = field(default_factory=dict)
    # Reads the fields of a form where their names and texts are not those of the arguments.
    from_form: Callable[[Fields], JSON] | None = None
    act: Act[Model] | None = None
    # False for what is sent all the time and may count twice.
    is_kept: bool = True

    roles: frozenset[str] = DECIDES
    states: Mapping[State, Relation]
    unless: Callable[[Escalation], bool] = _never
    # Asked last, of whom all else allows: it may read.
    only_if: Callable[[Viewer, Escalation], bool] = _for_anybody
    # Whether whoever has the case may do it although they may not decide it.
    though_unable: bool = False

    button: Button | None = None
    key: Key | None = None
    # A template over the page, or inside it beside the evidence; the button opens it.
    dialog: str = ""
    panel: str = ""
    # Preset reasons that the dialog offers: code and words.
    reasons: Mapping[str, str] = field(default_factory=dict)
    # Model when it was done: a sentence, of an answer the word before what was answered.
    done: str = ""
    after: After = After.STAY
    # How long afterwards it can be undone, if it is no answer.
    undone_within: timedelta | None = None
    # A plain form leads back to the case rather than to the inbox.
    opens_case: bool = False
    # The corner of every page that shows what it changed, and reads it again.
    rereads: str = ""
    # What was typed and not sent is kept first, for whoever has the case next.
    saves_draft: bool = False

    @property
    def decides(self) -> bool:
        """Whether it answers the agent."""
        return self.act is None

    @property
    def agrees(self) -> bool:
        """Whether it answers the agent otherwise than by turning it down."""
        return self.decides and self.name != "reject"

    @property
    def opens(self) -> str:
        """The id of the panel or dialog that its button opens."""
        name = self.name.replace("_", "-")
        return f"{name}-dialog" if self.dialog else name if self.panel else ""

    @property
    def decides_at_once(self) -> bool:
        """Whether pressing its button is already the answer."""
        return self.decides and not self.opens

    def words_for(self, *, leads: bool) -> str:
        """What stands on its button."""
        if self.button is None:
            return ""
        return (leads and self.button.words_for_leads) or self.button.words

    def written(self, fields: Fields) -> JSON:
        """The arguments in the fields of a form, still to be checked."""
        if self.from_form is not None:
            return self.from_form(fields)
        return {name: fields[name] for name in self.arguments.model_fields if fields.get(name)}
