"""What a person may command: one table for the socket and for plain forms over HTTP.

Each command has an id made where it was pressed. Its first answer is kept in the transaction of
the act, so that a double click, a repeated frame or a resent form changes nothing.

A new command is an `Act` in the `ACTS` of one of the modules here (another app brings its own by
`add`), and a word in `access.commands_for`.
"""

from escalations.commands.command import Command
from escalations.commands.deciding import choice
from escalations.commands.performing import DECISIONS, NAMES, add, perform

__all__ = ["DECISIONS", "NAMES", "Command", "add", "choice", "perform"]
