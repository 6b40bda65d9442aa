"""Several cases over those who fit: shown first, then each judged for itself."""

import json
import re

import pytest

from console.models import User
from escalations import lifecycle
from escalations.models import Escalation
from routing.people import units
from tests.factories import NOW, escalation, key
from tests.routing.floor.given import on_duty
from tests.routing.views.test_floor import HTMX, REASSIGN, _at_two, signed_in, state_of, text_of

pytestmark = pytest.mark.django_db
__all__ = ["_at_two"]


def spread_of(text):
    return re.findall(r'name="give" value="([^"]+)" checked', text)


def test_spreading_is_shown_first_and_counts_what_it_gave_above():
    for name, many in (("kofi", 1), ("amara", 2)):
        units.resize(User.objects.get(pk=on_duty(name).user_id), many)
    mira = key()
    cases = [escalation(by=mira, now=NOW) for _ in range(4)]
    priya, query = signed_in("priya"), "&".join(f"case={case.id}" for case in cases)
    text = text_of(priya.get(f"/floor/spread/?{query}"))
    names = sorted(value.rpartition(":")[2] for value in spread_of(text))
    assert names == ["amara", "amara", "kofi"]
    assert "Whoever can take it is taken up by those above" in text
    assert "Nothing is done yet." in text
    assert [state_of(case)[0] for case in cases] == ["waiting"] * 4
    # The button of the table asks the same; with nothing ticked it is about what stands there.
    these = ",".join(case.id for case in cases)
    same = text_of(priya.get(f"{REASSIGN}?spread=1&these={these}", headers=HTMX))
    assert spread_of(same) == spread_of(text)
    answer = priya.post("/floor/spread/", {"give": spread_of(text)}, headers=HTMX)
    assert answer.status_code == 204
    said = json.loads(answer["HX-Trigger"])["baton:done"]["said"]
    assert said.startswith("3 cases are offered for 2 min: ")
    assert "2 to Amara Whitlock" in said
    assert sorted(state_of(case)[1] for case in cases) == ["", "amara", "amara", "kofi"]


def test_a_reason_is_said_once_with_the_number_of_its_cases():
    """Thirteen equal lines said that whoever can take it is taken up by those above."""
    units.resize(User.objects.get(pk=on_duty("kofi").user_id), 1)
    mira, priya = key(), signed_in("priya")
    cases = [escalation(by=mira, now=NOW) for _ in range(4)]
    Escalation.objects.filter(pk=cases[3].pk).update(units=9)
    query = "&".join(f"case={case.id}" for case in cases)
    text = " ".join(text_of(priya.get(f"/floor/spread/?{query}")).split())
    taken = "Whoever can take it is taken up by those above"
    assert text.count(taken) == 1
    assert f"<summary><b>2 cases</b> {taken}</summary>" in text
    for case in cases[1:3]:
        assert f"<li><span><b>{case.case_number}</b> <small>" in text
    alone = cases[3].case_number
    assert (
        f"<span><b>{alone}</b> Nobody here may take it: Kofi cannot hold 9 units at once<" in text
    )


def test_of_what_is_spread_each_case_is_judged_for_itself():
    on_duty("kofi"), on_duty("amara")
    mira = key()
    first, second, third = (escalation(by=mira, now=NOW) for _ in range(3))
    priya = signed_in("priya")
    gives = [f"{first.id}:1:kofi", f"{second.id}:1:amara", f"{third.id}:1:nobody"]
    lifecycle.cancel(second, agent="mira", now=NOW)
    answer = priya.post("/floor/spread/", {"give": gives, "reason": "Busy"}, headers=HTMX)
    text = text_of(answer)
    assert answer.status_code == 409
    assert f"<b>{first.case_number}</b> is offered to Kofi Whitlock" in text
    assert f"<b>{second.case_number}</b> was not given." in text
    assert "There is nobody called nobody" in text
    assert [state_of(one)[:2] for one in (first, third)] == [("offered", "kofi"), ("waiting", "")]


def test_whoever_reads_the_reason_is_named():
    """Only who loses a case was; it stands on the card of whoever gets it."""
    dana = on_duty("dana")
    on_duty("kofi"), on_duty("amara")
    mira = key()
    held = lifecycle.claim(escalation(by=mira, now=NOW), by=dana, now=NOW)
    waits, priya = escalation(by=mira, now=NOW), signed_in("priya")

    def read(address, *cases):
        query = "&".join(f"case={case.id}" for case in cases)
        return " ".join(text_of(priya.get(f"{address}?{query}", headers=HTMX)).split())

    assert "Reason, for Dana Whitlock and whoever gets it<" in read(REASSIGN, held)
    assert "Reason, for whoever gets it<" in read(REASSIGN, waits)
    assert "Reason, for Dana Whitlock and whoever gets them<" in read(REASSIGN, held, waits)
    assert "Reason, for whoever gets one<" in read("/floor/spread/", waits)
    assert "Reason, for whoever has or gets one<" in read("/floor/spread/", held, waits)


@pytest.mark.parametrize("body", [{}, {"give": ["nonsense", "a:b:c", "::"]}])
def test_spreading_nothing_says_so(body):
    answer = signed_in("priya").post("/floor/spread/", body)
    assert (answer.status_code, "data-notice" in text_of(answer)) == (409, True)
    assert signed_in("priya").get("/floor/spread/", headers=HTMX).status_code == 422
