"""Two at the same moment, with the reassigning supervisor among them: exactly one of them wins.

`python -m bench.races embedded|scaled --rounds 200`: two people decide; somebody takes a decision
back in its last 60 ms while the agent waits for it and another decides; a decision meets the
agent's cancel, its revision, the case's expiry, a snooze; two claim; a decision, a claim, take
next, an accepted offer and a release meet the supervisor, and two supervisors each other. Scaled,
the two speak to two web processes.

After each round the one that lost must have been told who was faster, the database holds one
standing answer with its `sequence`, and the agent gets that one. It prints who won how often; the
exit code is 1 if anything is wrong.
"""
