"""A command that comes twice, by whichever way: the same again, or something else under its id."""

import pytest

from escalations.models import Decision
from tests.escalations.test_consumers import Tab, later
from tests.factories import escalation, person

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_known_id_with_anything_else_is_refused_over_the_socket_and_as_a_form():
    dana, case = await later(person, "dana"), await later(escalation)
    fields = {"version": "1", "digest": case.digest, "instructions": "Today."}
    sent = {"id": "i", "version": 1, "digest": case.digest, "fields": fields, "active_s": 2}
    address = f"/escalations/{case.id}/approve/"
    async with await later(Tab, dana) as tab:
        first = await tab.command("approve", case, **sent)
        assert first["type"] == "ack"
        once_more = await tab.command("approve", case, **sent | {"active_s": 7, "how": "key"})
        assert once_more | {"now": first["now"]} == first
        for other in (
            {"version": 2}, {"version": 2, "fields": fields | {"version": "2"}}, {"digest": "0"},
            {"fields": fields | {"instructions": "Now."}}, {"fields": {}},
        ):  # fmt: skip
            assert (await tab.command("approve", case, **sent | other))["code"] == "id_used"
        assert (await tab.command("reject", case, **sent))["code"] == "id_used"

        def posted(**other):
            json_ = {"Accept": "application/json"}
            return tab.client.post(address, {"id": "i", **fields, **other}, headers=json_).json()

        # As a page sends it once more where the socket gave no answer.
        assert (await later(posted, how="click", active_s="2"))["version"] == first["version"]
        for other in ({"version": "2"}, {"digest": "0"}, {"instructions": ""}):
            assert (await later(posted, **other))["code"] == "id_used"
    assert await later(Decision.objects.count) == 1


@pytest.mark.parametrize("blanks", ["", " ", " \t ", "\u3000\n", "\u200b"])
async def test_an_id_of_blanks_is_refused_over_the_socket_and_as_a_form(blanks):
    dana, case = await later(person, "dana"), await later(escalation)
    async with await later(Tab, dana) as tab:
        refused = await tab.command("approve", case, id=blanks, version=1)
        assert (refused["type"], refused["code"]) == ("refused", "malformed")

        def posted():
            fields = {"id": blanks, "version": "1", "digest": case.digest}
            address, asked = f"/escalations/{case.id}/approve/", {"Accept": "application/json"}
            return tab.client.post(address, fields, headers=asked)

        answer = await later(posted)
        assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert await later(Decision.objects.count) == 0
