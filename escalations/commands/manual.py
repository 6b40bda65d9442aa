"""The table of commands in docs/api.md, drawn from the verbs (`manage.py snapshots` writes it)."""

from escalations.commands import table

BEGIN, END = "<!-- commands: drawn from the verbs -->", "<!-- /commands -->"


def renewed(text: str) -> str:
    """The document with the table as it is now. Raises ValueError where its place is missing."""
    before, begun, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (begun and ended):
        raise ValueError(f"The table of commands stands between {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n{drawn()}\n{END}{after}"


def drawn() -> str:
    """Every command, and what it does with each of its fields."""
    rows = [f"| `{verb.name}` | {verb.told} |" for verb in table.every()]
    return "\n".join(["| command | fields |", "| --- | --- |", *rows])
