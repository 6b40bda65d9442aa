"""The rows that the project brings to the table of kinds: accounts, and the demo world."""

from escalations.record.kind import Kind, Screen
from escalations.record.sentences import Said, Told

GRADED = "Set the proficiencies of a person"


def _graded(said: Said) -> Told:
    """Each skill with what it was; lines of before do not say that."""
    before = said.facts.get("skills_before") or {}
    told = [
        f"{name} {grade} instead of {before[name]}" if name in before else f"{name} {grade}"
        for name, grade in (said.facts.get("skills") or {}).items()
    ]
    return GRADED, [", ".join(told)] if told else []


OF_ACCOUNTS = {
    "created": "Made the account of a person",
    "changed": "Changed the name, address or role of a person",
    "graded": GRADED,
    "capacity_set": "Set how much a person may hold at once",
    "deactivated": "Closed the account of a person",
    "reactivated": "Opened the account of a person again",
    "password_set": "Gave a person a new password",
    "sessions_ended": "Signed a person out everywhere",
}
TELL = {"graded": _graded}
ROWS = (
    *(
        Kind(name, says, chain="people", tell=TELL.get(name), refreshes=Screen.ROSTER)
        for name, says in OF_ACCOUNTS.items()
    ),
    Kind("built", "Built the demo world", chain="demo"),
    Kind("freshened", "Brought the demo world to this hour", chain="demo"),
)
