"""What one kind of line of the record is: the columns of the table in `kinds.py`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from escalations.models import State
from escalations.record.sentences import Said, Told

CASE = "case"  # The chains of cases, each named by its id; others by their own name.

OPEN = frozenset(State.open())
FREE = frozenset({State.WAITING, State.SECOND})
OF_SOMEBODY = frozenset({State.OFFERED, State.HELD, State.LIVE})
IN_HAND, LIVE = frozenset({State.HELD, State.LIVE}), frozenset({State.LIVE})
HELD, OFFERED = frozenset({State.HELD}), frozenset({State.OFFERED})
SNOOZED, DECIDED = frozenset({State.SNOOZED}), frozenset({State.DECIDED})


class Figure(StrEnum):
    """What the figures make of a line."""

    ARRIVED = "the case arrived"
    JUDGED = "it is judged anew"
    MOVED = "only its state"
    TAKEN_UP = "somebody took it up"
    PASSED_ON = "somebody passed it on"
    RESUMED = "its clock runs on"
    DECIDED = "it is decided"
    UNDONE = "the decision never was"
    ENDED = "it ended without a decision"
    REVERSED = "the decision was reversed later"


class Whom(StrEnum):
    """Who is told of a line, whatever screen is open."""

    AGENT = "the agent, by webhook"
    FOLLOWERS = "who follows the case"
    GIVER = "the supervisor who gave it"
    OFFERED = "whom it is or was offered to"
    TARGET = "whom it goes to"
    HAD = "who had it"
    HOLDER = "who holds it"
    ASKER = "who asked for it"
    ALERTED = "whom the step of the ladder names"
    NAMED = "who is named in it"
    KEPT_FOR = "for whom it is kept, if nothing is offered to them"
    LEADERS = "supervisors on shift, else whoever leads"


class Screen(StrEnum):
    """What open screens read again."""

    NOTHING = "nothing"
    CASE = "lists and the open case"
    ROSTER = "rosters of supervisors and admins"
    STATUS = "the status of the person"


class Has(StrEnum):
    """Whose the case is after a line that gives it to somebody."""

    ACTOR = "whoever did it"
    TARGET = "whom `to` names"


class OfferEnds(StrEnum):
    """What became of an open offer that a line ends."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    MISSED = "missed"
    PASSED_ON = "passed_on"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Kind:
    """One row. `says` is the line in a few words, and its title where it has no sentence."""

    name: str
    says: str
    chain: str = field(default=CASE, kw_only=True)
    # The states it may come from and lead to; none to lead to: the state stays. Left out where the
    # line changes no case.
    before: frozenset[str] | None = field(default=None, kw_only=True)
    after: frozenset[str] | None = field(default=None, kw_only=True)
    raises: bool = field(default=True, kw_only=True)  # The version, where it has states.
    tell: Callable[[Said], Told] | None = field(default=None, kw_only=True)
    tell_blind: Callable[[Said], Told] | None = field(default=None, kw_only=True)
    weighty: bool = field(default=False, kw_only=True)
    remark: str = field(default="", kw_only=True)  # The kind of the words that were typed with it.
    answers: bool = field(default=False, kw_only=True)  # With a decision, which the agent gets.
    is_news: bool = field(default=False, kw_only=True)  # What is read or asked for is another.
    gives_up: bool = field(default=False, kw_only=True)  # Whoever did it may undo it for seconds.
    takes_back: bool = field(default=False, kw_only=True)  # The decision before.
    rejudges: bool = field(default=False, kw_only=True)  # Says anew what triage said, where it is.
    figure: Figure | None = field(default=None, kw_only=True)
    has: Has | None = field(default=None, kw_only=True)
    offer: OfferEnds = field(default=OfferEnds.WITHDRAWN, kw_only=True)
    # Words for others, with {case}, {who}, {to} and {outcome}: for followers, for who came second,
    # and ends of sentences for whoever gave the case, and for whose offer is over.
    followers: str = field(default="", kw_only=True)
    faster: str = field(default="", kw_only=True)
    returned: str = field(default="", kw_only=True)
    offer_over: str = field(default="", kw_only=True)
    notified: frozenset[Whom] = field(default=frozenset(), kw_only=True)
    refreshes: Screen = field(default=Screen.NOTHING, kw_only=True)  # Where it moves no case.
    is_known: bool = field(default=True, kw_only=True)  # False for what a later version wrote.

    @property
    def moves(self) -> bool:
        """Whether it raises the version of a case."""
        return self.before is not None and self.raises

    @property
    def ends(self) -> bool:
        """Whether nothing more is asked of people after it, as was before."""
        before, after = self.before or frozenset(), self.after or OPEN
        return bool(before & OPEN) and not after & OPEN

    @property
    def comes_back(self) -> bool:
        """Whether whoever had the case has it no more, and it waits again with its age."""
        before = self.before or OPEN
        return self.after == FREE and before <= OF_SOMEBODY

    @property
    def screen(self) -> Screen:
        """What open screens read again."""
        return Screen.CASE if self.moves else self.refreshes

    @property
    def told(self) -> frozenset[Whom]:
        """Everybody who is told of it."""
        by_words = {
            Whom.AGENT: self.answers,
            Whom.FOLLOWERS: self.followers,
            Whom.GIVER: self.returned,
            Whom.OFFERED: self.offer_over,
        }
        return self.notified | {whom for whom, words in by_words.items() if words}

    def sentence(self, said: Said, *, blind: bool = False) -> Told:
        """The title and the details of such a line."""
        tell = self.tell_blind if blind and self.tell_blind else self.tell
        return tell(said) if tell else (self.says, [])
