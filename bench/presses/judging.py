"""What must hold of every document, by the contract and without a line of the product's."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema_rs

from bench.ground import ROOT

JSON = dict[str, Any]
CLEARING = {"approve", "edit"}
ANSWERED = {"approved", "edited", "rejected", "responded", "mixed"}
SCHEMA = json.loads((Path(ROOT) / "docs/schemas/handoff-decision.v1.schema.json").read_text())
VALID = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)


def faults(document: JSON, package: JSON) -> Iterator[str]:
    """A sentence for each rule that this document breaks, of the package that it is about."""
    yield from (str(error.message) for error in VALID.iter_errors(document))
    proposed = {one["id"]: one for one in package["proposed_actions"]}
    given = {one["action_id"]: one for one in document["actions"]}
    cleared = {name for name, one in given.items() if one["type"] in CLEARING}
    if document["outcome"] in ANSWERED:
        if [one["action_id"] for one in document["actions"]] != [*proposed]:
            yield f"verdicts for {[*given]}, proposed were {[*proposed]}"
        if document["proceed"] != bool(cleared) and document["outcome"] in {"approved", "edited"}:
            yield f"{document['outcome']} clears {cleared}, proceed is {document['proceed']}"
        if cleared and not document["proceed"]:
            yield f"clears {cleared}, and proceed is false"
    elif cleared or document["proceed"]:
        yield f"{document['outcome']} clears {cleared}, proceed is {document['proceed']}"
    for name in given.keys() & proposed.keys():
        yield from _of_action(document, given[name], proposed[name], cleared)
    yield from _people(document, package)


def _of_action(document: JSON, given: JSON, proposed: JSON, cleared: set[str]) -> Iterator[str]:
    name, verdict = proposed["id"], given["type"]
    is_cleared = name in cleared
    allowed = proposed.get("allowed_decisions") or [*CLEARING, "reject", "respond"]
    if is_cleared and verdict not in allowed:
        yield f"{name} is {verdict}, allowed are {allowed}"
    if is_cleared and proposed.get("kind") == "question":
        yield f"{name} is a question and cleared"
    if is_cleared != ("call" in given):
        yield f"{name} is {verdict} with call {given.get('call')}"
    needs = [one for one in proposed.get("depends_on", ()) if one not in cleared]
    if is_cleared and needs:
        yield f"{name} is cleared, and {needs} of which it depends are not"
    ends = proposed.get("expires_at")
    if is_cleared and ends and _at(ends) <= _at(document["decided_at"]):
        yield f"{name} had expired at {ends} and is cleared at {document['decided_at']}"
    if is_cleared and "call" in given:
        as_it_was = {"name": proposed["name"], "args": proposed.get("args", {})}
        meant = given["edited"] if verdict == "edit" else as_it_was
        if given["call"] != meant:
            yield f"{name} is {verdict}: call {given['call']}, meant was {meant}"


def _people(document: JSON, package: JSON) -> Iterator[str]:
    """Whoever agreed, where several had to; the machine clears nothing of these."""
    agreed = [one["reviewer_id"] for one in document.get("approvals", ())]
    needed = package["requested"]["approvals_needed"]
    if document["proceed"] and needed > 1 and len(set(agreed)) < needed:
        yield f"{needed} had to agree, and {agreed} did"
    if len(agreed) != len(set(agreed)):
        yield f"somebody agreed twice: {agreed}"
    if document["proceed"] and "reviewer" not in document:
        yield "it goes on, and nobody decided"


def _at(written: str) -> datetime:
    return datetime.fromisoformat(written)
