"""Admins before the Levels screen, for its tests."""

import html
import re

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from escalations import access
from escalations.policy import versions
from escalations.policy_screen import policy_draft

ROLES = ("reviewer", "supervisor", "admin", "auditor")
DOCUMENT = {
    "schema": "handoff.policy/1",
    "task_types": {
        "refund": {
            "title": "Refunds",
            "level": 1,
            "amounts": {"EUR": {"alone_up_to": "80.00", "approve_up_to": "500.00"}},
        },
        "data_deletion": {"title": "Data deletion", "level": 2},
    },
}


def address(name: str, *arguments: object) -> str:
    return reverse(f"escalations:{name}", args=arguments)


def browser(username: str, role: str = "admin", name: str = "") -> Client:
    people = get_user_model().objects
    user = people.filter(username=username).first() or people.create_user(
        username, role=role, first_name=name
    )
    client = Client()
    client.force_login(user)
    return client


def draft_of(username: str):
    user = get_user_model().objects.get(username=username)
    return policy_draft.of(access.viewer_of(user), versions.current())


def text(response) -> str:
    html = re.sub(
        r"<(script|style|svg).*?</\1>|<option.*?</option>",
        " ",
        response.content.decode(),
        flags=re.DOTALL,
    )
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


ALONE = {
    "edit": "refund|1",
    "level": "1",
    "amount": "80.00",
    "currency": "EUR",
    "act_at": "85 %",
    "review_below": "70 %",
    "flag_share": "100 %",
}


def field_of(page, name):
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    return html.unescape(found[1]) if found else ""
