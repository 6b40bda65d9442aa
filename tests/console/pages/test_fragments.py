"""Parts of pages are not kept by browsers; whole pages are, for who goes back."""

import pytest
from django.test import Client

from tests.factories import escalation, person

pytestmark = pytest.mark.django_db


def test_a_part_is_not_stored_and_its_page_is():
    case, client = escalation(), Client()
    client.force_login(person("priya", "supervisor"))
    for address in ("/floor/", "/inbox/?tab=team", f"/escalations/{case.id}/", "/metrics/"):
        part = client.get(address, headers={"HX-Request": "true"})
        assert (part.status_code, part.get("Cache-Control")) == (200, "no-store"), address
        assert client.get(address).get("Cache-Control") is None, address
