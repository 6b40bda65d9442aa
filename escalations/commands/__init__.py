"""What a person may do to a case: one table of verbs for screens, socket and plain forms.

Each command has an id made where it was pressed. Its first answer is kept in the transaction of
the act, so that a double click, a repeated frame or a resent form changes nothing.

A new verb is a `Verb` in the `VERBS` of one of the modules here, or of another app, which brings
its own by `add` (CONTRIBUTING.md, "Add a verb").
"""

from escalations.commands.command import Command
from escalations.commands.deciding import choice
from escalations.commands.performing import answered, perform, undo_all
from escalations.commands.table import add, arguments_of, every, find, open_to

__all__ = [
    "Command",
    "add",
    "answered",
    "arguments_of",
    "choice",
    "every",
    "find",
    "open_to",
    "perform",
    "undo_all",
]
