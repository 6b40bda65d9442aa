"""Who may open which page, drawn from the table in `console/pages/table.py`.

Views ask nothing of this themselves: their URLs are made here, each behind its guard. What one may
do with one case rules ask of `escalations/access.py`.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from console.pages import names
from console.pages.table import PAGES, Page
from escalations.access import SignedOut
from escalations.record.lines import Actor

View = Callable[..., HttpResponse]

names.register()


def routes(app: str, views: Mapping[str, View]) -> list[URLPattern]:
    """The URLs of an app, in the order of the table: a view for each page, by its short name.

    Raises ImproperlyConfigured where the table and the views do not name the same pages.
    """
    pages = {page.name.rpartition(":")[2]: page for page in PAGES.values() if page.app == app}
    if apart := pages.keys() ^ views.keys():
        raise ImproperlyConfigured(
            f"console/pages/table.py and the URLs of {app or 'console'} differ in {sorted(apart)}."
        )
    return [path(page.path, _guarded(page, views[name]), name=name) for name, page in pages.items()]


def may_read(person: Any, name: str) -> bool:
    """Whether somebody's role opens that page; a stranger has none."""
    return getattr(person, "role", None) in PAGES[name].read


def may_write(person: Any, name: str) -> bool:
    """Whether somebody's role may send that form; a stranger has none."""
    return getattr(person, "role", None) in PAGES[name].write


def actor(request: HttpRequest) -> Actor:
    """The signed-in person as the record names them."""
    return Actor("person", request.user.get_username())


def _guarded(page: Page, view: View) -> View:
    """Strangers sign in first, another method is answered 405, another role 403."""
    by_method = require_http_methods(page.methods)
    if page.without_sign_in:
        return by_method(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asks = may_write if request.method == "POST" else may_read
        if not asks(request.user, page.name) and not _is_own(page, request, kwargs):
            raise PermissionDenied
        try:
            return view(request, *args, **kwargs)
        # Since this request began; the sign-in page is where the next one would lead.
        except SignedOut:
            return redirect_to_login(request.get_full_path())

    return cast("View", login_required(by_method(guarded)))


def _is_own(page: Page, request: HttpRequest, places: Mapping[str, Any]) -> bool:
    theirs = places.get("person") == request.user.pk and request.method != "POST"
    return theirs and getattr(request.user, "role", None) in page.own
