"""The page on which admins register look-ups, and try them with a case."""

import pytest
from django.test import Client

from console.views import look_ups
from escalations.models import Event, LookUp, LookUpReading
from escalations.record import audit
from tests.escalations.lookups.registering import answering, case_of, settle
from tests.escalations.lookups.registering import look_up as registered
from tests.factories import PASSWORD, person
from tests.running.listening import loopback  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
ALL = "/agents/look-ups/all/"
SAID = {
    "name": "Order", "task_type": "", "agent": "", "token": "s3cret",
    "url": "https://orders.example.com/orders/{args.order_id}",
    "values": "Order total = total.amount",
}  # fmt: skip


@pytest.fixture
def admin():
    client = Client()
    assert client.login(username=person("ada", "admin").username, password=PASSWORD)
    return client


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_stranger_finds_it_from_the_agents(admin):
    assert f'href="{ALL}"' in text_of(admin.get("/agents/"))
    assert "No look-up yet" in text_of(admin.get(ALL))


def test_it_is_registered_changed_and_removed(admin):
    made = admin.post(ALL, SAID)
    row = LookUp.objects.get()
    assert made.url == f"{ALL}?open={row.pk}"
    page = text_of(admin.get(made.url))
    assert SAID["url"] in page
    assert "s3cret" not in page
    assert look_ups.EVERY in page
    changed = admin.post(f"/agents/look-ups/{row.pk}/", SAID | {"name": "Orders", "token": ""})
    assert changed.url == made.url
    assert "“Orders” was changed." in text_of(admin.get(changed.url))
    admin.post(f"/agents/look-ups/{row.pk}/remove/")
    assert "No look-up yet" in text_of(admin.get(ALL))
    kinds = (
        Event.objects.filter(chain="lookups").order_by("position").values_list("kind", flat=True)
    )
    assert list(kinds) == ["registered", "changed", "removed"]
    audit_page = text_of(admin.get("/audit/?tab=keys"))
    assert "Registered the look-up “Order”" in audit_page
    assert audit.verify().findings == []


def test_everything_that_is_wrong_is_named_at_once(admin):
    wrong = {"url": "https://{args.host}/x", "values": "nonsense", "token": "a b"}
    page = admin.post(ALL, SAID | wrong)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["url", "values", "token"]
    assert "A variable stands behind the host" in text_of(page)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"url": "https://{args.host}/"}, "A variable stands behind the host"),
        ({"url": "https://o.example/{order_id}"}, "Did you mean {args.order_id}?"),
        ({"url": "http://127.0.0.1/"}, "is a number, not a name"),
        ({"values": ""}, "required"),
        ({"values": "total"}, "is no field"),
        ({"token": "a b"}, "no spaces"),
        ({"name": "Twice"}, "“Twice” is registered for that already."),
        ({"task_type": "nothing_known"}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(admin, asked, said):
    registered(name="Twice", task_type="")
    response = admin.post(ALL, SAID | asked)
    assert response.status_code == 422
    assert said in text_of(response).replace("&#x27;", "'")
    assert LookUp.objects.count() == 1


@pytest.mark.usefixtures("loopback")
def test_it_is_tried_with_a_case(admin):
    with answering() as orders:
        made, case = registered(orders.url), case_of()
        page = text_of(admin.get(f"{ALL}?open={made.pk}"))
        assert f'value="{case.number}"' in page
        tried = admin.post(f"/agents/look-ups/{made.pk}/try/", {"case": f"BTN-{case.number}"})
        assert tried.url == f"{ALL}?open={made.pk}&case={case.number}"
        assert "Asking" in text_of(admin.get(tried.url))
        settle()
        assert "€184.00" in text_of(admin.get(tried.url))
    assert LookUpReading.objects.get().escalation_id == case.pk


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("x", "Write the number of a case, such as BTN-12."),
        ("99999", "There is no such case"),
        ("", "This field is required."),
    ],
)
def test_a_try_without_a_case_is_refused(admin, case, said):
    made = registered()
    response = admin.post(f"/agents/look-ups/{made.pk}/try/", {"case": case})
    assert response.status_code == 422
    assert said in text_of(response)


def test_a_try_with_other_work_is_refused(admin):
    made, case = registered(task_type="parcel"), case_of()
    response = admin.post(f"/agents/look-ups/{made.pk}/try/", {"case": str(case.number)})
    assert "This look-up is not offered" in text_of(response)


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 30, "²", "-1", ""])
@pytest.mark.parametrize("name", ["open", "case"])
def test_a_number_of_any_length_in_the_address_is_no_fault(admin, name, number):
    row = registered()
    asked = {"open": str(row.pk)} | {name: number}
    assert admin.get(ALL, asked).status_code == 200
