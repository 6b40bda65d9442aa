"""Requests that nobody means well, against a running Baton on PostgreSQL: none is answered by 5xx.

`python -m bench.probes --requests 100000 --minutes 30`: what schemathesis makes of
docs/openapi.json; real packages (the bench's own where ../shared/data is absent) made worse field
by field; the forms of the console's pages, filled in worse; frames of the socket; NUL, surrogates,
wrong kinds, deep nesting and huge numbers in bodies, forms, frames, paths, queries and headers;
with keys and sign-ins of every kind and without. It prints how often each endpoint answered with
which class of status.

A 5xx, an answer that never came or a socket that ended by an error of ours is written out with the
request to repeat it, and the exit code is 1. The one 5xx that docs/api.md tells of, a 503 with
`Retry-After`, is counted and no fault.
"""
