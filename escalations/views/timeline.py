"""The record as people read it: the timeline of one case."""

import heapq
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from console import clock
from escalations import access, ports
from escalations.access import Viewer
from escalations.briefing import masked_values
from escalations.lookups import offered
from escalations.masking import seen
from escalations.models import Decision, Escalation, Report, State
from escalations.record import audit, readings, sentences_live
from escalations.record.chains import Finding, Line
from escalations.record.sentences import NAMING, OTHER_CASES
from escalations.record_screen import timeline
from escalations.record_screen.timeline import Entry
from escalations.refusals import NotFound
from escalations.text import formatting

JSON = dict[str, Any]
Decided = tuple[JSON, JSON]
GROUPS = (("", "All"), ("people", "People"), ("agent", "Agent"), ("baton", "Baton"))


def show(request: HttpRequest, escalation_id: str) -> HttpResponse:
    """What happened to one case, in order, each entry checked as the page is made."""
    viewer = access.viewer_of(request.user)
    try:
        escalation = access.escalation_for(viewer, escalation_id)
    except NotFound as refused:
        raise Http404(refused.detail) from None
    decisions = list(escalation.decisions.order_by("sequence", "decided_at"))
    decided = _decided(viewer, escalation, decisions)
    entries, findings = _entries(viewer, escalation, decided)
    group = request.GET.get("show", "")
    context = {
        "escalation": escalation,
        "count": len(entries),
        "entries": [
            entry for entry in entries if group not in timeline.SHOWN or entry.group == group
        ],
        "group": group if group in timeline.SHOWN else "",
        "groups": GROUPS,
        "stands": timeline.stands(escalation),
        "findings": findings,
        "checked_at": clock.now(),
        "readers": _readers(entries),
        **_ending(viewer, escalation, decisions, decided),
    }
    return render(request, "escalations/timeline.html", context)


def _entries(
    viewer: Viewer, escalation: Escalation, decided: dict[str, Decided]
) -> tuple[list[Entry], list[Finding]]:
    """What happened and who read it, and everything wrong with either chain."""
    lines, read = audit.lines_of(escalation), readings.lines_of(escalation)
    findings = audit.of_escalation(escalation, lines)
    amiss = readings.findings(escalation, read)
    people = _people([*lines, *read])
    names = people | _other_cases([*lines, *read])
    happened = timeline.entries(
        lines,
        names=names,
        changes={name: timeline.changes_in(*one) for name, one in decided.items()},
        findings=findings,
        blind=escalation.blind and escalation.state in State.open(),
        words=_words(viewer, escalation),
        offers=ports.why_offered(escalation, viewer),
        leading=people,
    )
    readers = timeline.entries(read, names=names, changes={}, findings=amiss, leading=people)
    read_by = _naming_what_was_seen(viewer, escalation, read, readers)
    # Merged, not sorted: each chain keeps its order, whatever the clock did.
    return list(heapq.merge(happened, read_by, key=lambda entry: entry.at)), [*findings, *amiss]


def _words(viewer: Viewer, escalation: Escalation) -> dict[tuple[str, datetime], str]:
    """What was typed on the way, as this person may read it."""
    said = list(escalation.remarks.exclude(text=""))
    if not said:
        return {}
    cover = seen.cover(viewer, escalation, now=clock.now())
    return {(one.kind, one.at): cover(one.text) for one in said}


def _naming_what_was_seen(
    viewer: Viewer, escalation: Escalation, lines: list[Line], entries: list[Entry]
) -> list[Entry]:
    """The readings, of which those that revealed something, or brought it, name it: their line
    cannot."""
    entries = _naming_what_came(viewer, escalation, lines, entries)
    if all(line.kind != "revealed" for line in lines):
        return entries
    masked = {
        one.version: masked_values.named(one.document.get("redactions") or ())
        for one in escalation.packages.all()
    }
    told = []
    for line, entry in zip(lines, entries, strict=True):
        facts = (line.document or {}).get("facts") or {}
        named = masked.get(facts.get("package_version", 0), "")
        told.append(replace(entry, details=[named]) if line.kind == "revealed" else entry)
    return told


def _naming_what_came(
    viewer: Viewer, escalation: Escalation, lines: list[Line], entries: list[Entry]
) -> list[Entry]:
    """The look-ups with the values that they brought, as this person may read them."""
    if all(line.kind != "look_up_answered" for line in lines):
        return entries
    rows = {row.pk: row for row in escalation.look_up_readings.all()}
    versions = {one.version: one for one in escalation.packages.all()}
    cover = seen.cover(viewer, escalation, now=clock.now())
    told = []
    for line, entry in zip(lines, entries, strict=True):
        row = rows.get(((line.document or {}).get("facts") or {}).get("reading", ""))
        if line.kind == "look_up_answered" and row is not None:
            shown = seen.version(viewer, escalation, versions[row.package_version], now=clock.now())
            values = [f"{one.title}: {one.told}" for one in offered.values_of(row, shown)]
            told.append(replace(entry, details=[cover("; ".join(values) or row.fault)]))
        else:
            told.append(entry)
    return told


def _people(lines: Iterable[Line]) -> dict[str, str]:
    """Username to name of everybody who stands in these lines."""
    documents = [line.document or {} for line in lines]
    actors = {str(document.get("actor", "")) for document in documents}
    usernames = {actor.partition(":")[2] for actor in actors if actor.startswith("person:")}
    said = [document.get("facts") or {} for document in documents]
    usernames |= {str(facts[fact]) for facts in said for fact in NAMING if facts.get(fact)}
    usernames |= {str(one) for facts in said for one in facts.get("mentions") or ()}
    people = get_user_model().objects.filter(username__in=usernames)
    return {
        person.get_username(): person.get_full_name() or person.get_username() for person in people
    }


def _other_cases(lines: Iterable[Line]) -> dict[str, str]:
    """Id to number of the other cases that stand in these lines."""
    said = [(line.document or {}).get("facts") or {} for line in lines]
    others = {str(facts[fact]) for facts in said for fact in OTHER_CASES if facts.get(fact)}
    cases = Escalation.objects.filter(id__in=others).only("id", "number") if others else ()
    return {case.id: case.case_number for case in cases}


def _decided(
    viewer: Viewer, escalation: Escalation, decisions: list[Decision]
) -> dict[str, Decided]:
    """By the id of each decision its package and its document, as this person may see them."""
    packages = {one.version: one for one in escalation.packages.all()}
    found: dict[str, Decided] = {}
    for decision in decisions:
        package = packages.get(decision.package_version)
        if package is None:
            found[decision.id] = {}, decision.document
            continue
        shows = seen.version(viewer, escalation, package, now=clock.now())
        document = seen.decision(shows, package, decision.document)
        found[decision.id] = shows.package, document
    return found


def _reported(report: Report, decision: Decision) -> str:
    if sentences_live.is_against(report.result, decision.document):
        return sentences_live.ALTHOUGH
    return sentences_live.RESULTS[report.result]


def _text(decision: Decision, document: JSON) -> str:
    """Word for word as it is stored, unless something of it is masked."""
    same = document == decision.document
    return decision.body if same else orjson.dumps(document).decode()


def _readers(entries: list[Entry]) -> list[Entry]:
    """The first reading of each person."""
    first: dict[str, Entry] = {}
    for entry in entries:
        if entry.kind == "read":
            first.setdefault(entry.who, entry)
    return list(first.values())


def _ending(
    viewer: Viewer, escalation: Escalation, decisions: list[Decision], decided: dict[str, Decided]
) -> dict[str, Any]:
    standing = [decision for decision in decisions if decision.undone_at is None]
    took = escalation.decided_at - escalation.arrived_at if escalation.decided_at else None
    report = Report.objects.last_of(standing[-1]) if standing else None
    feedback = getattr(escalation, "feedback", None)
    told = (report.detail if report else "", feedback.comment if feedback else "")
    cover = seen.cover(viewer, escalation, now=clock.now()) if any(told) else str
    return {
        "decision": standing[-1] if standing else None,
        "decision_text": _text(standing[-1], decided[standing[-1].id][1]) if standing else "",
        "report": report,
        "report_words": _reported(report, standing[-1]) if report and standing else "",
        "report_detail": cover(report.detail) if report else "",
        "feedback": feedback,
        "comment": cover(feedback.comment) if feedback else "",
        "came_back": escalation.re_escalated_by.order_by("number").first(),
        "deliveries": list(escalation.deliveries.order_by("created_at", "id")),
        "took_words": formatting.duration(int(took.total_seconds())) if took else "",
    }
