"""What a key that no field has may be about, by its words: a person, a danger, or only which case
it is."""

import re
from collections.abc import Iterator
from typing import Any

from escalations.package import wanted_people
from escalations.text import meanings


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# A wish for a person, a reason not to go on, or a danger, wherever it stands.
GRAVE = (
    (wanted_people.WHO - {"confirmation"})
    | meanings.DANGER.words
    | _words(
        "approve approved approver supervise oversight colleague expert specialist assign assignee "
        "takeover handover wants wish hitl hold halt stop stopped pause await block freeze frozen "
        "forbid forbidden prohibit suspend "
        "risk risky danger dangerous critical severe severity emergency urgent urgency harm safety "
        "unsafe fraud suspicious suspected legal lawsuit litigation regulatory compliance sanction "
        "aml pep laundering vulnerable breach discrimination threat irreversible reversible undo "
        "destructive sensitive violation abuse dispute complaint angry sentiment mood warning "
        "caution "
        "alarm alert exception failure failed failing doubt uncertain unsure trigger deadline flag "
        "closure deletion"
    )
)
# Where it is said what is to happen these are too; elsewhere they describe.
WHOM = _words(
    "team queue skill manager owner group role level policy limit cost amount confirm confirmation "
    "consent permission authorize authorise authorization signature verify verification wait "
    "waiting attempt recommend recommended confidence permanent error"
)
# At the end of a name these say which case it is, where or when, and not what to do with it.
WHICH = _words(
    "id ids uuid guid ref refs reference number nr no url uri href link time timestamp date day at "
    "on version revision hash digest checksum etag signature locale language lang country region "
    "timezone zone currency channel host hostname ip tenant brand site shop store market ticket "
    "thread session run trace span build sdk name email phone model temperature tokens seed ms "
    "duration latency elapsed seconds size format encoding environment env client platform device "
    "app"
)
# Only beside another word, as in `user_agent`.
BESIDE = _words("agent customer user account")
# What other formats keep for whoever wrote it.
OWN = re.compile(r"(?:_|\$|[xX][-_])|(?:extra|extras|meta|custom|custom_fields|debug)$")
# The reasons that a trigger gives, told as a flag instead.
TRIGGERS = _words(
    "low_confidence high_risk_action policy tool_error repeated_failure missing_information "
    "out_of_scope out_of_policy agent_handoff verification exception timeout"
)
LITTLE = _words("low none normal ok okay info minimal neutral")
SAYS_NO = _words(
    "reversible undoable safe approved authorized authorised verified allowed permitted confirmed "
    "proceed autonomous automatic compliant consent valid"
)
# What goes on by itself, so that a no to it is a reason not to: `auto_approve: false`. A word that
# begins with `auto` is one of these.
GOES_ON = SAYS_NO | _words(
    "approve accept accepted agree agreed ok okay okayed sure certain confident trust trusted "
    "trustworthy allow permit can may should execute executable exec unattended unsupervised "
    "unreviewed skip skips bypass continue resume greenlight greenlit clear cleared "
    "clearance ready eligible legit legitimate harmless handsfree goahead enabled active final "
    "finalised finalized"
)
# These only where nothing else is in the name: not `apply_discount`.
ALONE = _words("run apply commit perform send submit release go act start")
# Beside these a no asks for nothing; one to `auto` or `skip`, which deny a person, asks for one.
ASKED = wanted_people.ASKS | {"cannot"} | (wanted_people.NOT - {"auto", "skip", "skips"})
# Where a value says how it went or what it waits for.
STATES = _words("status state stage step phase result outcome verdict action disposition")
DENIED = wanted_people.NOT | LITTLE
# How a code forbids whatever it is: by its first word, or with a verb that an ending tells.
FORBIDS = re.compile(
    r"(?:do_not|dont|not_to_be|ne_pas)_"
    r"|no_(?!(?:\w+_)*(?:repair|dollar|similar|regular|sugar|calendar|guitar|webinar|avatar)(?:_|$))"
    r"\w{4,}[ai]r(?:_|$)"
    r"|nao_\w+[aei]r(?:_|$)|nie_\w+[aeiuy]c(?:_|$)"
    r"|non_(?!\w*(?:quare|ware|share|care|[fhwt]ire)(?:_|$))\w+[aei]re(?:_|$)"
    r"|nicht_\w+ieren(?:_|$)|niet_\w+eren(?:_|$)"
    r"|لا_ت(?!وجد|حتاج|تطلب|لزم)|(?:\w+_)*(?:न|मत|mat)_"
    r"|不要|请勿|勿|禁止|不得|暂缓|先别"
)
_ENDINGS = ("s", "d", "es", "ed", "ing")
NODES_MAX = 20_000


def says_something(key: str, value: Any) -> bool:
    """Whether there is anything in it; a plain no is something where it takes a yes away."""
    parts = words(key)
    if not wanted_people.is_meant(value):
        return _is_plain_no(value) and _goes_on(parts) and not parts & ASKED
    # `no_human_needed`; a condition alone (`if`, `skip`) denies nobody.
    named = parts - wanted_people.NOT
    about_nobody = named and named <= wanted_people.WHO | wanted_people.ASKS
    return not (parts & wanted_people.NOT and about_nobody)


def is_grave(key: str, value: Any) -> bool:
    """Whether the key, or one in its value, names a wish for a person or a danger, or a state
    in it is one: `{"state": "blocked"}`."""
    waiting: list[tuple[str, Any]] = [(key, value)]
    for _ in range(NODES_MAX):
        if not waiting:
            return False
        name, found = waiting.pop()
        grave = _names(name, GRAVE) or forbids(name)
        if grave and says_something(name, found) and not _is_little(found):
            return True
        if isinstance(found, dict):
            waiting.extend(found.items())
        elif isinstance(found, list):
            waiting.extend((name if isinstance(one, str) else "", one) for one in found)
        elif isinstance(found, str) and words(name) & STATES and _is_grave_state(found):
            return True
    return True


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, keys apart."""
    waiting: list[Any] = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def is_danger(flag: str) -> bool:
    """Whether a flag of this code warns of a danger, in any language: `possible_fraud`, `Betrug`,
    not `no_fraud`."""
    parts = meanings.words(flag)
    denied = words(flag) & (wanted_people.NOT | LITTLE) or meanings.DENIES.is_in(parts)
    warns = _names(flag, meanings.DANGER.words) or meanings.DANGER.is_in(parts)
    return warns and not denied


def is_stop(flag: str) -> bool:
    """Whether a flag of this code says not to go on: `hold`, `do_not_proceed`, `high_risk`,
    `nicht_ausführen`; not `hold_released`."""
    parts = meanings.words(flag)
    not_well = meanings.DENIES.is_in(parts) and meanings.WELL.is_in(parts)
    is_order = FORBIDS.match("_".join(parts)) is not None
    if not_well or is_order or forbids(flag) or flag.casefold() in TRIGGERS:
        return True
    elif meanings.NOT.is_in(parts) or meanings.OVER.is_in(parts):
        return False
    risky = meanings.HIGH.is_in(parts) and meanings.RISK.is_in(parts)
    if risky or meanings.TROUBLES.is_in(parts):
        return True
    return meanings.STOPS.is_in(parts) or wanted_people.brings_somebody(flag)


def forbids(key: str) -> bool:
    """Whether a key of this name says not to go on, or that nobody said yes: `nicht_ausführen`,
    `ne_pas_exécuter`, `no_aprobado`. How a customer may be reached is not what it does."""
    parts = meanings.words(key)
    if meanings.COMES.is_in(parts):
        return False
    what = (meanings.ACTS, meanings.GOES_ON, meanings.APPROVED)
    denied = meanings.DENIES.is_in(parts) and any(one.is_in(parts) for one in what)
    is_somebody = meanings.LEADING.is_in(parts)
    alone = len(parts) == 1 and meanings.STOPS.is_in(parts) and not is_somebody
    is_order = FORBIDS.match("_".join(parts)) is not None
    return denied or alone or is_order or meanings.DONTS.is_in(parts[-1:])


def words(key: str) -> frozenset[str]:
    """The words of a key: `toolInput` has “tool” and “input”."""
    return frozenset(_in_order(key))


def only_says_which(key: str, value: Any) -> bool:
    """Whether it tells which case it is, or is the sender's own, and nothing about the case."""
    if _names(key, GRAVE | WHOM):
        return False
    if OWN.match(key):
        return True
    # A yes or a no tells nobody which one: `dry_run`, `auto_run`.
    if value is True or _is_plain_no(value):
        return False
    parts = _in_order(key)
    last = parts[-1] if parts else ""
    ends = last in WHICH or (last in BESIDE and len(parts) > 1)
    several = value if isinstance(value, list) else [value]
    return ends and not any(isinstance(one, dict | list) for one in several)


def _is_plain_no(value: Any) -> bool:
    """Whether a no is said by it, in one of the ways of programs; nothing at all is none."""
    is_said = value.strip() != "" if isinstance(value, str) else value == 0
    return is_said and not wanted_people.is_meant(value)


def _goes_on(parts: frozenset[str]) -> bool:
    return bool(parts & GOES_ON) or any(word.startswith("auto") for word in parts) or parts <= ALONE


def _names(key: str, about: frozenset[str]) -> bool:
    return any(
        word in about
        or any(word.endswith(end) and word.removesuffix(end) in about for end in _ENDINGS)
        for word in _in_order(key)
    )


def _is_grave_state(text: str) -> bool:
    parts = wanted_people.words(text)
    few = parts.count("_") < wanted_people.WORDS_MAX
    return few and _names(text, GRAVE - SAYS_NO) and not words(text) & (SAYS_NO | DENIED)


def _is_little(value: Any) -> bool:
    return isinstance(value, str) and value.strip().casefold() in LITTLE


def _in_order(key: str) -> list[str]:
    return wanted_people.words(key).split("_")
