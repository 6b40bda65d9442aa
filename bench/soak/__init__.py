"""A thousand open screens and a thousand waiting agents for ten minutes: flat memory, nothing lost.

`python -m bench.soak [embedded|scaled] --minutes 10 --sockets 1000 --agents 1000`: every half
second a case is decided, by a form; its agent must hear of it by its long-poll, every screen by its
socket, and another case takes its place, so that as many wait at the end as at the start. Each
minute the memory of every process is printed; flat means that at the end it is at most 1.10 of what
it was when all were connected and had worked for a minute. The exit code is 1 if that fails, or if
an answer, a hint or a screen was lost, or anybody got an error.
"""
