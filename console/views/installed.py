"""Baton on a phone: what makes it installable, and the page that says that it cannot be reached."""

import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse

STYLES = ("tokens", "reset", "base", "button", "empty", "gate")
ICONS = (
    ("icons/icon-192.png", "192x192", "any"),
    ("icons/icon-512.png", "512x512", "any"),
    ("icons/maskable-512.png", "512x512", "maskable"),
)


def manifest(request: HttpRequest) -> HttpResponse:
    """How an installed Baton is called and looks. Open to anybody, as a browser asks without a
    session."""
    document = {
        "id": "/",
        "name": "Baton",
        "short_name": "Baton",
        "description": "The desk where AI agents hand their work to people",
        "start_url": reverse("escalations:inbox"),
        "scope": "/",
        "display": "standalone",
        "theme_color": "#0a626e",
        "background_color": "#0a626e",
        "icons": [
            {"src": static(src), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for src, sizes, purpose in ICONS
        ],
    }
    return JsonResponse(document, content_type="application/manifest+json")


def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root because its place says for which pages it may answer."""
    answer = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    # A browser that kept it would keep the page of an older build.
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def offline(request: HttpRequest) -> HttpResponse:
    """Kept by the worker, and shown when nothing answers. It says nothing of anybody."""
    return render(request, "console/offline.html", {"styles": _styles()})


@cache
def _script() -> str:
    text = (Path(settings.BASE_DIR) / "static/js/worker.js").read_text()
    known = {"BUILD": settings.BUILD, "OFFLINE": reverse("offline"), "FILES": _styles()}
    consts = [f"const {name} = {json.dumps(value)};" for name, value in known.items()]
    return "\n".join([*consts, text])


def _styles() -> list[str]:
    return [static(f"css/{name}.css") for name in STYLES]
