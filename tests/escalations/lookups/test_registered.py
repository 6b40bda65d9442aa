"""Look-ups that admins register: what is refused, what stands in the record, what seals hold."""

import pytest

from escalations.deliveries import signing
from escalations.lookups import registered
from escalations.models import Event, LookUp
from escalations.record import audit
from escalations.refusals import Conflict, Invalid
from tests.escalations.lookups.registering import ADMIN, case_of, look_up
from tests.factories import NOW, after, key

pytestmark = pytest.mark.django_db


def kinds():
    return list(
        Event.objects.filter(chain="lookups").order_by("position").values_list("kind", flat=True)
    )


def test_it_is_offered_and_its_token_is_sealed():
    made = look_up()
    assert "t0k" not in made.token
    assert signing.opened(made.token) == "t0k"
    assert made.fields[0] == ["Order", "id"]
    assert kinds() == ["registered"]
    assert b"t0k" not in bytes(Event.objects.get(kind="registered").body)
    assert list(LookUp.objects.fitting(case_of())) == [made]
    assert audit.verify().findings == []


def test_the_token_stays_for_the_same_host_only():
    made = look_up()
    same = look_up(there=made, token="", name="Order now")
    assert (same.pk, same.name, signing.opened(same.token)) == (made.pk, "Order now", "t0k")
    assert look_up("https://elsewhere.example/hook", there=made, token="").token == ""
    assert kinds() == ["registered", "changed", "changed"]
    assert audit.verify().findings == []


def test_what_is_removed_is_offered_nowhere_and_its_token_is_gone():
    made = look_up()
    for second in (1, 2):
        registered.remove(made, by=ADMIN, now=after(second))
    made.refresh_from_db()
    assert (made.removed_at, made.token) == (after(1), "")
    assert list(LookUp.objects.fitting(case_of())) == []
    assert kinds() == ["registered", "removed"]
    with pytest.raises(Conflict, match="Somebody else has just removed it"):
        look_up(there=made)
    assert look_up().pk != made.pk
    assert audit.verify().findings == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"task_type": ""}, {"task_type": "refund"}),
        ({"task_type": "refund"}, {"task_type": ""}),
        ({"task_type": "refund"}, {"task_type": "refund", "agent": "mira"}),
        ({"task_type": "", "agent": "mira"}, {"task_type": "refund"}),
        ({"task_type": "refund"}, {"task_type": "refund", "name": "ORDER"}),
    ],
)
def test_no_case_is_offered_two_of_one_name(one, other):
    agent = key().agent
    one, other = ({**of, "agent": agent if "agent" in of else None} for of in (one, other))
    look_up(**one)
    with pytest.raises(Invalid, match="already|too") as refused:
        look_up(**other)
    assert refused.value.errors[0].pointer == "/name"
    later = look_up(name="Later", task_type="parcel")
    with pytest.raises(Invalid):
        look_up(**other, there=later)


def test_one_name_is_free_where_no_case_is_offered_both():
    mira, other = key().agent, key("other").agent
    kept = look_up(agent=mira)
    assert {look_up(agent=other).name, look_up(task_type="parcel").name} == {"Order"}
    assert look_up(there=kept, agent=mira).pk == kept.pk


def test_it_is_for_such_a_case_only():
    mira, other = key(), key("other")
    every = look_up(name="Customer", task_type="")
    hers = look_up(name="Hers", agent=mira.agent)
    look_up(name="Theirs", agent=other.agent)
    look_up(name="Parcel", task_type="parcel")
    assert list(LookUp.objects.fitting(case_of(mira))) == [every, hers]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"url": "https://orders.example"}, None),
        ({"values": []}, "Say which values are shown"),
        ({"name": "Twice"}, "“Twice” is registered for that already."),
    ],
)
def test_what_cannot_be_is_refused(asked, said):
    look_up(name="Twice")
    if said is None:
        address = "https://{args.host}/"
        with pytest.raises(Invalid, match="behind the host"):
            registered.put(
                None, name="X", task_type="", agent=None, url=address, token="",
                values=[("A", "a")], by=ADMIN, now=NOW,
            )  # fmt: skip
    else:
        with pytest.raises(Invalid, match=said):
            look_up(**asked)
    assert kinds() == ["registered"]


@pytest.mark.parametrize(
    "changed",
    [{"url": "https://evil.example/"}, {"fields": [["A", "b"]]}, {"task_type": ""}, {"name": "B"}],
)
def test_a_row_that_is_changed_without_a_line_is_found(changed):
    made = look_up()
    LookUp.objects.update(**changed)
    (finding,) = audit.verify().findings
    assert finding.sentence == f"look-up/{made.pk} was changed, and no entry of that time says so."
