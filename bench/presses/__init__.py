"""Random sequences of presses over real sockets, on packages of several actions.

`python -m bench.presses embedded|scaled --sequences 10000`: each sequence is a package with
dependencies, questions, options, actions that expire or allow some answers only, and for several
people. At every step one to three people press any verb at the same moment, by what they last saw
or by an older version, while the agent revises, adds, speaks and cancels.

Every document that came of it is held against what the agent had sent, by rules that are written
here a second time: it fits its schema, each action has exactly one verdict that it allows, nothing
is cleared that rests on something that is not, no question and nothing that had expired, several
people are several, and the sequences have no gap. It prints what was pressed and what came of it;
the exit code is 1 if anything is wrong.
"""
