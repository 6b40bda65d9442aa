"""What screens draw of the verbs: the buttons of one case, and what every page knows of all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from escalations.access import Viewer
from escalations.commands import table
from escalations.commands.verb import Button, Content, Place, Verb
from escalations.models import Escalation

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One button as this person sees it on this case."""

    verb: Verb[Any]
    place: Place
    words: str
    icon: str
    look: str
    main: bool
    template: str


@dataclass(frozen=True, slots=True)
class Acts:
    """All buttons of one case: in order, by name, and by the group that they stand in."""

    every: tuple[Drawn, ...] = ()

    @property
    def named(self) -> Mapping[str, Drawn]:
        return {one.verb.name: one for one in self.every}

    @property
    def groups(self) -> Mapping[str, tuple[Drawn, ...]]:
        """The groups by name; one that has no button is empty."""
        return {
            str(place): tuple(one for one in self.every if one.place == place) for place in Place
        }

    @property
    def opened(self) -> frozenset[str]:
        """The ids of what the buttons open."""
        return frozenset(one.verb.opens for one in self.every if one.verb.opens)


def acts(may: frozenset[str], viewer: Viewer, escalation: Escalation, content: Content) -> Acts:
    """The buttons of what stands open and fits this content; a main one stands first in its
    group."""
    drawn = [
        _drawn(verb, verb.button, viewer, content)
        for verb in table.every()
        if verb.name in may
        and verb.button is not None
        and verb.button.place is not None
        and verb.button.only_if(escalation)
        and verb.button.fits(content)
    ]
    return Acts(tuple(sorted(drawn, key=lambda one: (list(Place).index(one.place), not one.main))))


def keyed() -> list[Verb[Any]]:
    """The verbs that have a key, for the list of keys."""
    return [verb for verb in table.every() if verb.key is not None]


def findable() -> list[Verb[Any]]:
    """Those that can be run by name, of the open case. What answers by being pressed is not one of
    them: it is pressed where what it answers can be read."""
    drawn = (verb for verb in table.every() if verb.button and (verb.button.place or verb.key))
    return [verb for verb in drawn if not verb.decides_at_once]


def for_scripts() -> JSON:
    """What the page's scripts need to know of every verb, by name."""
    return {
        verb.name: {
            "key": verb.key.key if verb.key else "",
            "does": verb.key.does if verb.key else "",
            "done": verb.done,
            "after": str(verb.after),
            "dialog": verb.opens if verb.dialog else "",
            "rereads": verb.rereads,
            "decides": verb.decides,
            "undo_s": verb.undone_within.seconds if verb.undone_within else 0,
            "saves_draft": verb.saves_draft,
        }
        for verb in table.every()
    }


def _drawn(verb: Verb[Any], button: Button, viewer: Viewer, content: Content) -> Drawn:
    assert button.place is not None, "Only what has a place is drawn."
    main = button.is_main(content)
    return Drawn(
        verb=verb,
        place=button.place,
        words=verb.words_for(leads=viewer.leads),
        icon=button.icon,
        look="primary wide" if main else button.look,
        main=main,
        template=button.template or "escalations/_act.html",
    )
