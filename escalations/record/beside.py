"""The rows beside a chain against its lines: packages, additions, what came of it, typed words."""

from collections.abc import Mapping, Sequence

from escalations.models import Escalation, Package
from escalations.record import readings, vouching
from escalations.record.lines import commitment, timestamp
from escalations.record.told import Found, Told, digest


def findings(escalation: Escalation, told: Sequence[Told]) -> Found:
    """Every row stands in an entry and every entry has its row, with the same content."""
    packages = {package.version: package for package in escalation.packages.all()}
    yield from _packages(escalation, packages, told)
    yield from _additions(escalation, told)
    yield from _reports(escalation, told)
    yield from _feedback(escalation, told)
    yield from _remarks(escalation, told)
    yield from _calls(escalation, told)
    yield from _joined(escalation, told)
    yield from _reveals(escalation, packages)
    yield from _facts(escalation, packages)
    yield from _look_ups(escalation, packages)
    yield from _handed(escalation, told)


def _packages(
    escalation: Escalation, packages: Mapping[int, Package], told: Sequence[Told]
) -> Found:
    """Each line that names a package version is bound to it by a salted digest."""
    brought = {one.said.get("package_version"): one for one in told if one.brings_a_package}
    for package in packages.values():
        if digest(package.received) != package.digest:
            yield None, f"Package {package.version} was changed after it was received."
        one = brought.get(package.version)
        if one is None:
            yield None, f"Package {package.version} stands in no entry."
        elif "stored" in one.said and (
            not one.salt
            or vouching.stored(package) != one.said["stored"]
            or package.received_at != one.at
        ):
            yield one.position, f"Package {package.version} is not stored as it was received."
    for one in told:
        if "package" not in one.said:
            continue
        version = one.said.get("package_version", 0)
        stored = packages.get(version)
        if stored is None:
            yield one.position, f"Its package {version} is missing."
        elif not one.salt or commitment(one.salt, stored.digest) != one.said["package"]:
            yield one.position, f"It was made on another package than the stored {version}."
    current = packages.get(escalation.package_version)
    if current is None or current.digest != escalation.digest:
        yield None, "Its row holds another digest than its package."


def _additions(escalation: Escalation, told: Sequence[Told]) -> Found:
    rows = {row.escalation_version: row for row in escalation.additions.all()}
    for one in told:
        if one.kind.name != "context_added":
            continue
        row = rows.pop(one.said.get("version", 0), None)
        if row is None:
            yield one.position, "The context that it added is missing."
        elif row.received_at != one.at or not _same(one, "context", row.context):
            yield one.position, "The context that it added was changed."
    for version in rows:
        yield None, f"Context at version {version} stands in no entry."


def _reports(escalation: Escalation, told: Sequence[Told]) -> Found:
    rows = list(escalation.reports.all())
    for one in told:
        if one.kind.name != "outcome_reported":
            continue
        row = next((row for row in rows if row.reported_at == one.at), None)
        if row is None:
            yield one.position, "The report is missing."
            continue
        rows.remove(row)
        same = _same(one, "report", [row.result, row.detail, row.cost])
        about = one.said.get("sequence", row.sequence)
        if not same or (row.result, row.sequence) != (one.said.get("result"), about):
            yield one.position, "The report was changed."
    for row in rows:
        yield None, f"A report of {row.reported_at:%Y-%m-%d %H:%M} UTC stands in no entry."


def _feedback(escalation: Escalation, told: Sequence[Told]) -> Found:
    """A later survey took the place of an earlier one."""
    one = next((one for one in reversed(told) if one.kind.name == "feedback_reported"), None)
    row = getattr(escalation, "feedback", None)
    if one is None and row is not None:
        yield None, "The feedback stands in no entry."
    elif one is not None and row is None:
        yield one.position, "The feedback is missing."
    elif one is not None and row is not None:
        numbers = {"csat": row.csat, "effort": row.effort}
        answers = {"resolved": row.resolved, "had_to_repeat": row.had_to_repeat}
        said = {name: one.said.get(name) for name in (*numbers, *answers)}
        if {**numbers, **answers} != said or not _same(one, "comment", row.comment):
            yield one.position, "The feedback was changed."
        elif row.reported_at != one.at:
            yield one.position, "The feedback has another time."


def _joined(escalation: Escalation, told: Sequence[Told]) -> Found:
    rows = list(escalation.joined_calls.all())
    for one in told:
        if one.kind.name != "joined":
            continue
        row = next((row for row in rows if row.joined_at == one.at), None)
        if row is None:
            yield one.position, "The call that joined it is missing."
            continue
        rows.remove(row)
        same = not one.salt or vouching.joined(row, one.salt) == one.said.get("call")
        if not same or row.agent_id != escalation.agent_id:
            yield one.position, "The call that joined it was changed."
    for row in rows:
        yield None, f"A call that joined it at {row.joined_at:%H:%M} UTC stands in no entry."


def _calls(escalation: Escalation, told: Sequence[Told]) -> Found:
    rows = list(escalation.calls.all())
    for one in told:
        if one.kind.name != "called":
            continue
        row = next((row for row in rows if row.at == one.at), None)
        if row is None:
            yield one.position, "What was written of the call is missing."
            continue
        rows.remove(row)
        same = not one.salt or vouching.called(row, one.salt) == one.said.get("words_of_call")
        if not same or row.person.username != one.person:
            yield one.position, "What was written of the call was changed."
    for row in rows:
        yield None, f"A call at {row.at:%H:%M} UTC stands in no entry."


def _remarks(escalation: Escalation, told: Sequence[Told]) -> Found:
    rows = list(escalation.remarks.all())
    for one in told:
        if not one.kind.remark:
            continue
        row = next((row for row in rows if (row.kind, row.at) == (one.kind.remark, one.at)), None)
        if row is not None:
            rows.remove(row)
            same = _same(one, "words", [row.target, row.text])
            same = same and _same(one, "expects", row.expects)
            if (
                not same
                or ("expects" in one.said) != (row.expects is not None)
                or row.person.username != one.person
            ):
                yield one.position, "What was typed with it was changed."
            elif "row" in one.said and "words" not in one.said:
                yield one.position, "Words were put to it that nobody typed."
        elif "words" in one.said:
            yield one.position, "What was typed with it is missing."
    for row in rows:
        yield None, f"Words of {row.person.username} stand in no entry."


def _same(one: Told, name: str, value: object) -> bool:
    """Whether the line holds the digest of this; yes where it holds none, or no salt is left."""
    return (
        name not in one.said or not one.salt or vouching.hidden(value, one.salt) == one.said[name]
    )


def _reveals(escalation: Escalation, packages: Mapping[int, Package]) -> Found:
    """Who saw masked values saw those that their package names."""
    masks = any("redactions" in one.received for one in packages.values())
    # Few packages mask anything, and this chain is read for no others.
    for line in readings.lines_of(escalation) if masks else ():
        facts = (line.document or {}).get("facts") or {}
        package = packages.get(facts.get("package_version", 0))
        if line.kind != "revealed":
            continue
        elif package is None:
            yield None, f"Reading {line.position} reveals values of a package that is missing."
        elif vouching.listed(package.document.get("redactions"), package.salt) != facts.get(
            "pointers"
        ):
            yield None, f"Reading {line.position} reveals other values than its package masks."


def _facts(escalation: Escalation, packages: Mapping[int, Package]) -> Found:
    """Each question whether the facts still hold, and its answer, stand in a line of their own."""
    rows = {row.pk: row for row in escalation.fact_checks.all()}
    asks = any('"facts"' in one.received for one in packages.values())
    told = dict.fromkeys(rows, "")
    for line in readings.lines_of(escalation) if rows or asks else ():
        document = line.document or {}
        facts = document.get("facts") or {}
        row = rows.get(facts.get("check", ""))
        package = packages.get(facts.get("package_version", 0))
        if not line.kind.startswith("facts_"):
            continue
        elif row is None or package is None or package.version != row.package_version:
            yield None, f"Reading {line.position} asked the agent what is missing."
        elif line.kind == "facts_wanted":
            told[row.pk] += "asked "
            person = f"person:{row.person.username}"
            row_says = (row.command, row.read_from, row.asked_at, person)
            asked = (facts.get("command"), facts.get("read_from", ""))
            if row_says != (*asked, line.at, document.get("actor")):
                yield None, f"Reading {line.position} asked the agent otherwise than its row says."
        else:
            told[row.pk] += "answered "
            digest = vouching.hidden(row.answer, package.salt)
            if (row.answered_at, digest) != (line.at, facts.get("answer")):
                yield None, f"Reading {line.position} has another answer than its row."
    for row in rows.values():
        none = row.answered_at is None and row.answer == []
        if told[row.pk] != ("asked " if none else "asked answered "):
            yield None, f"What the agent was asked as {row.pk} stands in no entry, or in two."


def _look_ups(escalation: Escalation, packages: Mapping[int, Package]) -> Found:
    """Each look-up, and what came of it, stand in a line of their own; of rows that are gone
    `others` tells."""
    rows = {row.pk: row for row in escalation.look_up_readings.all()}
    told = dict.fromkeys(rows, "")
    for line in readings.lines_of(escalation) if rows else ():
        document = line.document or {}
        facts = document.get("facts") or {}
        row = rows.get(facts.get("reading", ""))
        if row is None:
            continue
        is_asked = line.kind == "looked_up"
        told[row.pk] += "asked " if is_asked else "answered "
        which = (row.look_up_id, row.name, row.package_version, row.read_from)
        names = ("look_up", "name", "package_version", "read_from")
        package = packages.get(row.package_version)
        if which != tuple(facts.get(name) for name in names) or package is None:
            yield None, f"Reading {line.position} looked up something else than its row says."
        elif is_asked:
            person = f"person:{row.person.username}"
            if (row.asked_at, person) != (line.at, document.get("actor")):
                yield None, f"Reading {line.position} was looked up otherwise than its row says."
        elif (row.answered_at, vouching.hidden([row.answer, row.fault], package.salt)) != (
            line.at, facts.get("answer"),
        ):  # fmt: skip
            yield None, f"Reading {line.position} brought something else than its row says."
    for row in rows.values():
        none = row.answered_at is None and (row.answer, row.fault) == ([], "")
        if told[row.pk] != ("asked " if none else "asked answered "):
            yield None, f"What was looked up as {row.pk} stands in no entry, or in two."


def _handed(escalation: Escalation, told: Sequence[Told]) -> Found:
    """Each case that was handed to another agent stands in the line of its decision, and that it
    was taken in a line of its own."""
    rows = {row.decision_id: row for row in escalation.handed_cases.all()}
    taken = {one.said.get("decision"): one for one in told if one.kind.name == "handed_taken"}
    given = [one for one in told if "handed_to" in one.said and one.kind.answers]
    for one in given:
        row = rows.get(str(one.said.get("decision")))
        if row is None:
            yield one.position, "The row that hands it to another agent is missing."
        elif row.agent.name != one.said["handed_to"]:
            yield one.position, "Its row hands it to another agent than the record says."
        elif timestamp(row.effective_at) != one.said.get("effective_at"):
            yield one.position, "Its row hands it over at another time."
    for key, row in rows.items():
        if all(one.said.get("decision") != key for one in given):
            yield None, f"That {row.agent.name} was handed it stands in no entry."
        if row.taken_at != (taken[key].at if key in taken else None):
            yield None, f"When {row.agent.name} took it stands otherwise in the record."
