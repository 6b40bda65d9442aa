"""The people whom a package names: by username, display name or e-mail, however it is written.

Case and the space around a name do not count. What is kept are usernames; a name of nobody here is
kept as it came, so that it binds whoever gets it later, and the agent is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.contrib.auth import get_user_model

from escalations.refusals import Fault
from escalations.text.blanks import is_blank

JSON = Mapping[str, Any]
People = Mapping[str, Sequence[str]]


def excluded(package: JSON) -> list[str]:
    """Who may not decide it, each once."""
    names = _excluded(package)
    here = _here(names)
    return list(dict.fromkeys(_username(name, here) or name for name in names))


def assignee(package: JSON) -> str:
    """Whom it is meant for; empty for nobody."""
    name = _assignee(package)
    return (_username(name, _here([name])) or name) if name else ""


def warnings(package: JSON) -> Iterator[Fault]:
    """Each name that is nobody's here, or that of several."""
    names = {f"/requested/excluded_reviewers/{i}": n for i, n in enumerate(_excluded(package))}
    if name := _assignee(package):
        names["/requested/assignee"] = name
    here = _here(list(names.values()))
    if _is_both(package, here):
        yield Fault("/requested/assignee", BOTH)
    for pointer, name in names.items():
        if _username(name, here) is None:
            several = len(here.get(_folded(name), ()))
            said = f"{several} people here have" if several else "Nobody here has"
            yield Fault(pointer, f"{said} the name “{name[:120]}”, so it binds nobody. {REMEDY}")


REMEDY = "Name people by username, or by a display name or e-mail that is theirs alone."


BOTH = "This is one of `excluded_reviewers`, who may not decide it: somebody else is asked."


def _is_both(package: JSON, here: People) -> bool:
    """Whether who is asked for may not decide it."""
    name = _assignee(package)
    asked = name and (_username(name, here) or name)
    barred = [_username(one, here) or one for one in _excluded(package)]
    return bool(asked) and _folded(str(asked)) in map(_folded, barred)


def _excluded(package: JSON) -> Sequence[str]:
    return (package.get("requested") or {}).get("excluded_reviewers") or ()


def _assignee(package: JSON) -> str:
    name = str((package.get("requested") or {}).get("assignee") or "")
    return "" if is_blank(name) else name


def _here(names: Sequence[str]) -> People:
    """The usernames of everybody here, by each name that they go by; only asked for if needed."""
    found: dict[str, list[str]] = {}
    if not names:
        return found
    people = get_user_model().objects.values_list("username", "first_name", "last_name", "email")
    theirs: dict[str, list[str]] = {}
    for username, first, last, email in people.order_by("username"):
        theirs.setdefault(_folded(username), []).append(username)
        for other in {_folded(f"{first} {last}"), _folded(email)} - {""}:
            found.setdefault(other, []).append(username)
    # A username is somebody's own; who goes by the same display name does not make it doubtful.
    return found | theirs


def _username(name: str, here: People) -> str | None:
    """The one username that is meant, or None."""
    meant = here.get(_folded(name), ())
    if name in meant:
        return name
    return meant[0] if len(meant) == 1 else None


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
