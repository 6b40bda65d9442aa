"""What makes Baton installable, and the page that its service worker keeps."""

import json
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

pytestmark = pytest.mark.django_db


def found(address):
    """Whether the address of a static file leads to one."""
    return finders.find(address.removeprefix(settings.STATIC_URL)) is not None


def test_the_manifest_is_open_and_names_icons_that_are_there():
    answer = Client().get("/manifest.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    document = json.loads(answer.content)
    assert (document["start_url"], document["display"], document["scope"]) == (
        "/inbox/", "standalone", "/",
    )  # fmt: skip
    sizes = {(one["sizes"], one["purpose"]) for one in document["icons"]}
    assert sizes == {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}
    assert [one["src"] for one in document["icons"] if not found(one["src"])] == []


def test_the_worker_keeps_one_page_and_is_asked_for_anew():
    answer = Client().get("/worker.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    text = answer.content.decode()
    assert text.startswith(f'const BUILD = "{settings.BUILD}";\nconst OFFLINE = "/offline/";\n')
    files = json.loads(re.search(r"^const FILES = (.*);$", text, re.MULTILINE)[1])
    assert len(files) == 6
    assert [one for one in files if not found(one)] == []
    # No address of a case can be among what it keeps.
    assert "escalations" not in text


def test_the_kept_page_needs_nothing_that_is_not_kept_with_it():
    page = Client().get("/offline/").content.decode()
    assert "Baton cannot be reached" in page
    worker = Client().get("/worker.js").content.decode()
    needed = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert len(needed) == 6
    assert [one for one in needed if one not in worker] == []
    assert "<script" not in page
