"""A working day in minutes: agents hand over thousands of cases to forty people at their screens.

`python -m bench.day embedded|scaled --people 40 --cases 3000 --minutes 8 --kills 0`: the people's
browsers are socket clients that beat, accept, decline, miss offers, sleep with open laptops and go
on breaks. Some cases are revised or cancelled by their agents, and admins change skills and roles
meanwhile. With kills the processes are ended by SIGKILL in turn and started again. Afterwards the
record is asked whether every case ended, nobody ever held more than they could, no case lost its
age, and each alert was raised once; and how the waits that agents were told compare with what came.
"""
