"""The rows that the project brings to the table of kinds: accounts, and the demo world."""

from escalations.record.kind import Kind, Screen

OF_ACCOUNTS = {
    "created": "Made the account of a person",
    "changed": "Changed the name, address or role of a person",
    "graded": "Set the proficiencies of a person",
    "capacity_set": "Set how much a person may hold at once",
    "deactivated": "Closed the account of a person",
    "reactivated": "Opened the account of a person again",
    "password_set": "Gave a person a new password",
    "sessions_ended": "Signed a person out everywhere",
}
ROWS = (
    *(
        Kind(name, says, chain="people", refreshes=Screen.ROSTER)
        for name, says in OF_ACCOUNTS.items()
    ),
    Kind("built", "Built the demo world", chain="demo"),
    Kind("freshened", "Brought the demo world to this hour", chain="demo"),
)
