"""The rows of answers against the lines that gave them: decisions, votes, and what was sent."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from console.outside import outbound
from escalations.models import ChatMessage, Decision, Delivery, Escalation, Vote
from escalations.package import handed as handing
from escalations.package.handed import HANDED
from escalations.record import kinds, spoken, vouching
from escalations.record.kind import Figure
from escalations.record.lines import commitment, timestamp
from escalations.record.told import JSON, Found, Told, is_as_written, parsed
from escalations.text import canonical

AUTHOR, REJECT = Vote.Verdict.AUTHOR, Vote.Verdict.REJECT


class SentMoment(NamedTuple):
    """From when on what a message tells of leaves, and whether it was taken back or overtaken."""

    begins_at: datetime
    is_undone: bool
    is_overtaken: bool = False


def findings(escalation: Escalation, told: Sequence[Told]) -> Found:
    """Every answer in the record has its row and every row its line, with the same content."""
    yield from _decisions(escalation, told)
    yield from _votes(escalation, told)
    yield from _deliveries(escalation, told)


def _decisions(escalation: Escalation, told: Sequence[Told]) -> Found:
    decisions = {decision.id: decision for decision in escalation.decisions.all()}
    salts = {package.version: package.salt for package in escalation.packages.all()}
    taken_back = _taken_back(told)
    named: set[str] = set()
    for one in told:
        if not one.kind.answers:
            continue
        decision = decisions.get(str(one.said.get("decision")))
        named.add(str(one.said.get("decision")))
        if decision is None:
            yield one.position, "Its decision is missing."
            continue
        salt = salts.get(decision.package_version, "")
        yield from ((one.position, text) for text in _differs(escalation, decision, one, salt))
        if decision.undone_at != taken_back.get(decision.id):
            yield one.position, _undone(decision)
        if decision.undone_at is not None and decision.handed_out_at is not None:
            yield one.position, f"Decision {decision.id} was taken back, and handed out as well."
    for missing in decisions.keys() - named:
        yield None, f"Decision {missing} stands in no entry."


def _differs(escalation: Escalation, decision: Decision, one: Told, salt: str) -> Iterator[str]:
    document = parsed(decision.body)
    whole = is_as_written(decision.body)
    entry = document.pop("audit", {})
    said = one.said
    if not whole or _committed(salt, document) != said.get("document"):
        yield "Its decision was changed: the document is not the one that was recorded."
    if entry != {"entry": f"{escalation.id}/{one.position}", "hash": one.hash}:
        yield "Its decision names another entry of the record."
    columns = {
        "outcome": decision.outcome,
        "proceed": decision.proceed,
        "sequence": decision.sequence,
        "automatic": decision.automatic,
        "version": decision.escalation_version,
        "package_version": decision.package_version,
        "effective_at": timestamp(decision.effective_at),
    }
    wrong = [name for name, value in columns.items() if said.get(name) != value]
    if wrong or decision.final != document.get("final", True):
        yield "The row of its decision does not say what the record says."
    if decision.decided_at != one.at:
        yield "The row of its decision has another time."
    if (decision.decided_by.username if decision.decided_by else "") != one.person:
        yield "The row of its decision names somebody else."


def _committed(salt: str, document: JSON) -> str:
    try:
        return commitment(salt, canonical.digest(document))
    except ValueError:
        return ""


def _taken_back(told: Sequence[Told]) -> dict[str, datetime]:
    """When each decision was taken back: always the one that stood then."""
    undone: dict[str, datetime] = {}
    standing = ""
    for one in told:
        if one.kind.takes_back and standing:
            undone[standing] = one.at
        if one.kind.takes_back or one.kind.answers:
            standing = str(one.said.get("decision", "")) if one.kind.answers else ""
    return undone


def _undone(decision: Decision) -> str:
    if decision.undone_at is None:
        return f"Decision {decision.id} was taken back, and its row does not say so."
    else:
        return f"Decision {decision.id} is marked undone at a time that no entry gives."


def _votes(escalation: Escalation, told: Sequence[Told]) -> Found:
    """A vote stands in the entry of whoever gave it, and counts until another entry ends it."""
    # In the order of their lines: one person may vote twice in one moment.
    rows = list(escalation.votes.all())
    # Lines of earlier versions say only who voted and when.
    plain = any(one.kind.name == "voted" and "vote" not in one.said for one in told)
    expected = {} if plain else _expected_votes(told)
    moments = {(one.person, one.at) for one in told}
    for row in rows:
        key = row.person.username, row.voted_at
        given = expected.get(key, [])
        if plain and key in moments:
            continue
        if not given:
            yield None, f"A vote of {row.person.username} stands in no entry."
        else:
            one = given.pop(0)
            if not one.fits(row):
                yield one.position, f"The vote of {row.person.username} was changed."
    for (who, _), missing in expected.items():
        for gone in missing:
            yield gone.position, f"The vote of {who} is missing."


class _Vote:
    """One vote as its line gave it, and until when later lines let it count."""

    def __init__(self, one: Told, version: int) -> None:
        self.position, self.salt, self.version = one.position, one.salt, version
        self.verdict, self.answer = one.said["vote"]["verdict"], one.said["vote"]["answer"]
        self.void_at: datetime | None = None

    def fits(self, row: Vote) -> bool:
        same_answer = not self.salt or vouching.hidden(row.answer, self.salt) == self.answer
        columns = (row.verdict, row.package_version, row.void_at)
        return same_answer and columns == (self.verdict, self.version, self.void_at)


def _expected_votes(told: Sequence[Told]) -> dict[tuple[str, datetime], list[_Vote]]:
    votes: list[tuple[str, datetime, _Vote]] = []
    version = 0
    for one in told:
        made = [vote for _, _, vote in votes]
        if one.brings_a_package:
            version = one.said.get("package_version", version)
            _void(made, (AUTHOR, REJECT), version, one.at)
        elif one.said.get("voided"):
            _void(made, _staying(one), version, one.at)
        elif "lapsed" in one.said:
            _void(
                [vote for who, _, vote in votes if who in one.said["lapsed"]], (), version, one.at
            )
        if isinstance(one.said.get("vote"), dict):
            vote = _Vote(one, version)
            # Whoever edits ends the approvals of what stood there before.
            if vote.verdict == AUTHOR:
                _void(made, (AUTHOR, REJECT), version, one.at)
            votes.append((one.person, one.at, vote))
        elif one.kind.takes_back and not one.kind.answers:
            theirs = [vote for who, _, vote in votes if who == one.person]
            _void([vote for vote in theirs if vote.version == version], (), version, one.at)
    expected: dict[tuple[str, datetime], list[_Vote]] = {}
    for who, at, vote in votes:
        expected.setdefault((who, at), []).append(vote)
    return expected


def _staying(one: Told) -> tuple[Vote.Verdict, ...]:
    """A rule that an answer meets ends approvals, what the agent adds also edits, and whoever takes
    the conversation over every part."""
    if one.kind.rejudges:
        return (AUTHOR, REJECT)
    return () if one.kind.name == "taken_over" else (REJECT,)


def _void(votes: Iterable[_Vote], stays: Collection[str], version: int, at: datetime) -> None:
    """End those that count, but for these verdicts on this version."""
    for vote in votes:
        if vote.void_at is None and not (vote.verdict in stays and vote.version == version):
            vote.void_at = at


def _deliveries(escalation: Escalation, told: Sequence[Told]) -> Found:
    """What is sent says the decision it tells of, and how it went stands in the record."""
    decisions = {decision.id: decision for decision in escalation.decisions.all()}
    rows = {row.id: row for row in escalation.deliveries.all()}
    last = {str(one.said["delivery"]): one for one in told if "delivery" in one.said}
    said = {message.id: message for message in escalation.chat_messages.all()}
    for row in rows.values():
        decision, message = decisions.get(row.decision_id or ""), said.get(row.message_id or "")
        if message is not None and _is_said(row, message, escalation):
            sent = SentMoment(message.at, is_undone=False)
            yield from _way(row, sent, last.get(row.id), told)
        elif _is_informed(row, escalation, told):
            yield from _way(
                row, SentMoment(row.created_at, is_undone=False), last.get(row.id), told
            )
        elif (
            decision is None or row.message_id is not None or not _tells(row, decision, escalation)
        ):
            yield None, f"Message {row.id} does not tell the agent what was decided."
        else:
            undone = decision.undone_at is not None
            reversals = (one for one in told if one.kind.figure is Figure.REVERSED)
            overtaken = any(one.said.get("sequence", 0) > decision.sequence for one in reversals)
            sent = SentMoment(decision.effective_at, is_undone=undone, is_overtaken=overtaken)
            yield from _way(row, sent, last.get(row.id), told)
    written: set[str] = set()
    for one in told:
        for name in {*one.said.get("messages", ()), one.said.get("delivery")} - {None}:
            written.add(name)
            if name not in rows:
                yield one.position, f"Message {name} is missing."
    # Lines of earlier versions name a message only once it has ended.
    if all("messages" in one.said for one in told if one.kind.answers):
        for name in sorted(rows.keys() - written):
            yield None, f"Message {name} stands in no entry."


def _way(row: Delivery, sent: SentMoment, last: Told | None, told: Sequence[Told]) -> Found:
    planned = _planned(told)
    if not _went(row, sent, last):
        yield None, f"Message {row.id} says otherwise than the record how it went."
    if not _goes_there(row, last, told):
        yield None, f"Message {row.id} goes elsewhere than the record says."
    if row.id in planned and not _goes_then(row, sent, told):
        yield None, f"Message {row.id} is put off, or given up at another time than it may be."


def _tells(row: Delivery, decision: Decision, escalation: Escalation) -> bool:
    event = parsed(row.body)
    if row.kind == HANDED:
        return _tells_another(row, event, decision, escalation)
    ended = kinds.of(decision.outcome).answers
    kind = f"escalation.{decision.outcome if ended else 'decided'}"
    expected = {
        "specversion": "1.0",
        "id": decision.id,
        # Where Baton answered then, which may be elsewhere by now.
        "source": event.get("source"),
        "type": kind,
        "subject": escalation.id,
        "time": timestamp(decision.decided_at),
        "datacontenttype": "application/json",
        "sequence": str(decision.sequence),
        "data": parsed(decision.body),
    }
    theirs = (row.kind, row.agent_id, row.created_at)
    same = theirs == (kind, escalation.agent_id, decision.decided_at)
    addressed = _is_addressed(row, escalation, decision.package_version)
    return same and addressed and event == expected and is_as_written(row.body)


def _tells_another(row: Delivery, event: JSON, decision: Decision, escalation: Escalation) -> bool:
    """What another agent hears of the case that is handed to it."""
    handed = next((h for h in escalation.handed_cases.all() if h.decision_id == decision.id), None)
    packages = {one.version: one for one in escalation.packages.all()}
    package = packages.get(decision.package_version)
    if handed is None or package is None or handed.agent_id != row.agent_id:
        return False
    told = handing.document(
        parsed(decision.body), package.document, from_agent=escalation.agent.name,
        to_agent=handed.agent.name,
    )  # fmt: skip
    expected = handing.envelope(told) | {"source": event.get("source")}
    addressed = row.endpoint is not None and row.endpoint.agent_id == row.agent_id
    same = row.created_at == decision.decided_at and event == expected
    return same and addressed and is_as_written(row.body)


def _planned(told: Sequence[Told]) -> dict[str, int | None]:
    """The endpoint of each message, None for an address that the package names; lines of earlier
    versions do not say it."""
    found: dict[str, int | None] = {}
    for one in told:
        if "endpoints" in one.said:
            found |= zip(one.said.get("messages", ()), one.said["endpoints"], strict=False)
    return found


def _goes_there(row: Delivery, last: Told | None, told: Sequence[Told]) -> bool:
    """Where it was planned to go it goes, and went, whatever its row said in between."""
    planned = _planned(told)
    if row.id not in planned:
        return row.endpoint is None or row.endpoint.agent_id == row.agent_id
    went = {planned[row.id]} if last is None else {last.said.get("endpoint", planned[row.id])}
    address = last.said.get("address") if last else None
    # Earlier versions took the salt of a package that the agent had just revised.
    salts = {one.salt for one in told} - {""}
    if address and salts and address not in {vouching.hidden(row.url, one) for one in salts}:
        return False
    return row.endpoint_id == planned[row.id] and went == {row.endpoint_id}


def _goes_then(row: Delivery, sent: SentMoment, told: Sequence[Told]) -> bool:
    """It is tried from the end of the undo window on, or from when a person had it sent again, for
    as long as every message; before the first try nothing puts it off."""
    replays = (
        one.at for one in told if one.kind.name == "replayed" and one.said.get("delivery") == row.id
    )
    began = max((sent.begins_at, *replays))
    untried = row.state == Delivery.State.DUE and row.attempts == 0
    in_time = row.next_at == began if untried else row.next_at <= row.give_up_at
    host = not untried or row.host == _host(row.url)
    return in_time and host and row.give_up_at - began == Delivery.TRY_FOR


def _host(url: str) -> str | None:
    try:
        return outbound.origin(url)
    except outbound.AddressRefused:
        return None


def _is_said(row: Delivery, message: ChatMessage, escalation: Escalation) -> bool:
    # No other version of the package comes while people have the conversation, nor after it.
    version = escalation.package_version
    return spoken.tells(row, message, escalation) and _is_addressed(row, escalation, version)


def _is_informed(row: Delivery, escalation: Escalation, told: Sequence[Told]) -> bool:
    version = 0
    for one in told:
        version = one.said.get("package_version", version) if one.brings_a_package else version
        if row.id in one.said.get("messages", ()) and not one.kind.answers:
            told_it = spoken.informs(row, one, escalation)
            return told_it and _is_addressed(row, escalation, version)
    return False


def _is_addressed(row: Delivery, escalation: Escalation, version: int) -> bool:
    return row.endpoint_id is not None or row.url == _callback_url(escalation, version)


def _callback_url(escalation: Escalation, version: int) -> str | None:
    """Where this version of the package asks for the answer."""
    for package in escalation.packages.all():
        if package.version == version:
            callback = parsed(package.received).get("callback")
            return callback.get("url") if isinstance(callback, dict) else None
    return None


def _went(row: Delivery, sent: SentMoment, last: Told | None) -> bool:
    """The last line of it that says how it went; before there is one it is due, or was dropped with
    its decision or once a later one took that back."""
    went = last.kind.name if last else ""
    if went == "delivered":
        state = Delivery.State.DELIVERED
    elif went == "undelivered":
        state = Delivery.State.DEAD
    else:
        state = Delivery.State.DROPPED if sent.is_undone else Delivery.State.DUE
        return row.state == state or (sent.is_overtaken and row.state == Delivery.State.DROPPED)
    return last is not None and (row.state, row.attempts) == (state, last.said.get("attempts"))
