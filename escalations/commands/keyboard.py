"""Single keys: what each does, which one a person has for it, and what cannot be one."""

from collections.abc import Mapping
from dataclasses import dataclass

from escalations.commands import drawing
from escalations.eligibility import DECIDES, READS


@dataclass(frozen=True, slots=True)
class Binding:
    """One thing that a single key does: its usual key, what is chosen for, and the longer help.
    `page` is the one on which alone it is heard; `roles`, who has a use of it."""

    name: str
    key: str
    words: str
    help: str = ""
    numbers: tuple[str, ...] = ()
    page: str = ""
    roles: frozenset[str] = READS | DECIDES


# What a key does on the screen itself; those of the verbs follow them.
SCREEN = (
    Binding("next-case", "j", "Next case"),
    Binding("previous-case", "k", "Previous case"),
    Binding("take-next", "n", "Take the next case", roles=DECIDES),
    Binding(
        "offer",
        "o",
        "Go to the offer",
        "Go to who asks for your case, Enter keeps it; or to the offer, Enter accepts, D then 1 to "
        "5 declines",
        roles=DECIDES,
    ),
    Binding("why-here", "w", "Why the case stands there in the list"),
    Binding("select", "x", "Select the case", roles=DECIDES),
    Binding(
        "many",
        "f",
        "Many at once",
        "Many at once: the table of what is selected, or of cases that are alike; then A approves "
        "them, Z takes the lot back",
        roles=DECIDES,
    ),
    Binding(
        "replies",
        "y",
        "Replies",
        "Write a reply that the policy keeps into the field where you write to the customer",
        ("1", "9"),
        roles=DECIDES,
    ),
    Binding(
        "look-up",
        "u",
        "Look it up",
        "Look up what was not looked up yet; each press the next one",
        roles=DECIDES,
    ),
    Binding("search", "/", "Search the list"),
    Binding("help", "?", "This list"),
)
_EVERYWHERE = {one.name for one in SCREEN}
_OF_PAGES: dict[str, Binding] = {}


def add(*added: Binding) -> None:
    """Take in the keys of a page of an app that follows escalations, when it is ready."""
    _OF_PAGES.update({one.name: one for one in added})


def bindings() -> list[Binding]:
    """All of them, in the order of the list of keys."""
    verbs = [
        Binding(verb.name, verb.key.key, verb.key.help, numbers=verb.key.numbers, roles=verb.roles)
        for verb in drawing.keyed()
        if verb.key
    ]
    return [*SCREEN[:-2], *verbs, *SCREEN[-2:], *_OF_PAGES.values()]


def of_role(role: str) -> list[Binding]:
    """Those that do something for people of this role."""
    return [one for one in bindings() if role in one.roles]


def of_person(chosen: Mapping[str, str], page: str | None = None) -> dict[str, str]:
    """The key for each thing as this person has it; empty where they want none. `page`: of that
    page's own things alone, "" for those that are no page's."""
    return {
        one.name: chosen.get(one.name, one.key)
        for one in bindings()
        if page is None or one.page == page
    }


def relabelled(chosen: Mapping[str, str]) -> dict[str, str]:
    """The key that a person has in the place of a usual one, where it is another. Those of a page
    go by their names, as a verb may have the same one."""
    own = of_person(chosen, "")
    usual = {one.name: one.key for one in bindings()}
    return {usual[name]: key for name, key in own.items() if key != usual[name]}


def only_other(written: Mapping[str, str]) -> dict[str, str]:
    """Of the keys that were written, those that are not the usual ones."""
    return {
        one.name: written[one.name]
        for one in bindings()
        if written.get(one.name, one.key) != one.key
    }


def read(written: str) -> str:
    """A key as it is kept: a letter small, as the key is pressed without Shift."""
    return written.strip().lower()


def faults(keys: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with these keys, by the name of what they do; every conflict on both sides."""
    named = {one.name: one for one in bindings()}
    found = {}
    for name, key in keys.items():
        others = [
            named[one].words
            for one in keys
            if one != name and keys[one] == key and _meet(named[name], named[one])
        ]
        if key and not _is_one(key):
            found[name] = "Choose one letter or sign; digits and Space have other uses."
        elif key and others:
            found[name] = f"{key.upper()} is also the key for “{others[0]}”."
    return found


def _meet(one: Binding, other: Binding) -> bool:
    """Whether one page hears both. On a page with keys of its own no case is open to be decided."""
    return one.page == other.page or bool({one.name, other.name} & _EVERYWHERE)


def _is_one(key: str) -> bool:
    return len(key) == 1 and key.isprintable() and not key.isspace() and not key.isdigit()
