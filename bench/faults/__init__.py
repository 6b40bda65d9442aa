"""kill -9 while up to 200 people decide and agents post and wait; afterwards nothing is missing.

`python -m bench.faults embedded|scaled --rounds 30 --reviewers 200`: in each round agents post
cases over HTTP and wait for their answers, and people approve, edit, reject and respond over
sockets and forms, some of them two on one case, and take some decisions back. In the middle all
processes are killed at one moment and started again (embedded: the one; scaled: two web processes,
a worker and the beat). Everybody repeats what was not answered under the same key or id.

After each round what people were acknowledged, what agents got by waiting and by webhook, what the
database says and what the record says are held against each other: nothing acknowledged is lost,
nothing counts or leaves twice, further documents have the next `sequence`, `audit verify` is whole.
It prints its counts; the exit code is 1 if anything is wrong.
"""
