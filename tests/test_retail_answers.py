"""300 real handoffs, decided by a reviewer who knows the right answer: one override rate everywhere.

Page, API, reports and the answers themselves must say the same number.
"""

import json
import re
from datetime import timedelta

import pytest

from console import clock
from escalations import intake, lifecycle
from escalations.proposal.choices import Choice
from escalations.record import audit
from metrics import fold, reports
from metrics.figures import Rate
from tests.escalations.api.conftest import Caller
from tests.factories import PASSWORD, key, person, viewer

pytestmark = pytest.mark.django_db


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def choice(case, answer):
    """What the reviewer who knows the right answer does."""
    if answer["verdict"] != "edit":
        return Choice(answer["verdict"])
    [action] = case.packages.get().document["proposed_actions"]
    edited = answer["correct_action"]
    return Choice(
        "edit",
        actions=[{"action_id": action["id"], "type": "edit", "edited": edited}],
    )


def implied(answers):
    """The override rate that the answers imply: every edit and every rejection."""
    overridden = sum(answer["verdict"] != "approve" for answer in answers)
    return Rate(overridden, len(answers))


def test_override_rate_is_what_the_answers_imply(shared_data, client):
    bodies = (shared_data / "retail-packages.jsonl").read_bytes().splitlines()
    answers = lines(shared_data / "retail-answers.jsonl")
    right = {answer["correlation_id"]: answer for answer in answers}
    then, by, dana = clock.now() - timedelta(hours=1), key("shop"), viewer("dana")
    for body in bodies:
        case = intake.accept(by, body, now=then).escalation
        answer = right[case.correlation_id]
        wanted = choice(case, answer)
        lifecycle.decide(
            case, wanted, by=dana, version=1, reject_reasons=[], now=then + timedelta(seconds=20)
        )
    expected = implied(answers)
    fold.catch_up()
    total = reports.report(reports.last_days(clock.now()), now=clock.now()).total
    assert (total.decided, total.override_rate) == (300, expected)
    told = Caller("watcher", scopes=("metrics",)).get("/metrics").json()["total"]["override_rate"]
    assert (told["numerator"], told["denominator"]) == (expected.numerator, expected.denominator)
    assert told["value"] == expected.value
    person("priya", "supervisor")
    client.login(username="priya", password=PASSWORD)
    page = client.get("/metrics/").content.decode()
    shown = re.search(
        r'id="override-t">[^<]*</b>\s*<span class="now">(.*?)</span>', page, re.DOTALL
    )
    now = " ".join(re.sub(r"<[^>]*>", "", shown[1]).split())
    assert now == f"{expected.value * 100:.1f} %, {expected.numerator} of 300"
    assert audit.verify().findings == []
