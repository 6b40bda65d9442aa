"""A person's own page: how Baton looks and behaves for them, and how they sign in."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from console.forms.people import EmailForm
from console.models import Theme, User
from console.outside import outbound
from console.pages import answers, rights
from console.pages.requests import Request
from console.people import managing
from escalations.commands import keyboard


def profile(request: HttpRequest) -> HttpResponse:
    return _page(request, EmailForm.of_own(_person(request)))


def theme(request: Request) -> HttpResponse:
    """Remember light or dark. Without a value it turns to the other one."""
    user = _person(request)
    wanted = request.POST.get("theme", "") or _other(user.theme)
    if wanted not in Theme.values:
        raise BadRequest("There is no such theme.")
    user.theme = wanted
    user.save(update_fields=["theme"])
    return _answer(request)


def keys(request: Request) -> HttpResponse:
    """Turn single keys on or off."""
    user = _person(request)
    user.single_keys = request.POST.get("on") == "1"
    user.save(update_fields=["single_keys"])
    return _answer(request)


def own_keys(request: HttpRequest) -> HttpResponse:
    """Keep the keys that they chose; the usual ones again where they asked for those."""
    user = _person(request)
    if "usual" in request.POST:
        user.own_keys, said = {}, "You have the usual keys again."
    else:
        written = {
            one.name: keyboard.read(request.POST.get(f"key-{one.name}", one.key))
            for one in _bindings(request)
        }
        faults = keyboard.faults(written)
        if faults:
            return _page(request, EmailForm.of_own(user), written, faults, status=422)
        user.own_keys, said = keyboard.only_other(written), "Your keys are saved."
    user.save(update_fields=["own_keys"])
    messages.success(request, said)
    return redirect("profile")


def sound(request: Request) -> HttpResponse:
    """Turn the tone that comes with alerts on or off."""
    user = _person(request)
    user.sound = request.POST.get("on") == "1"
    user.save(update_fields=["sound"])
    return _answer(request)


def email(request: HttpRequest) -> HttpResponse:
    """Where alerts go by mail; nowhere where it is empty."""
    form = EmailForm.of_own(_person(request), request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    managing.set_email(_person(request), form.cleaned_data["email"])
    messages.success(request, "Your address for alerts is saved.")
    return redirect("profile")


def _page(
    request: HttpRequest,
    form: EmailForm,
    keys: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """`keys` are what they wrote, where that cannot be, with what is wrong."""
    own = keys or keyboard.of_person(_person(request).own_keys)
    rows = [(one, own[one.name], (faults or {}).get(one.name)) for one in _bindings(request)]
    context = {
        "themes": Theme.choices,
        "email_form": form,
        "key_rows": rows,
        "key_faults": faults,
        "mails": outbound.mails(),
    }
    return render(request, "console/profile.html", context, status=status)


def _bindings(request: HttpRequest) -> list[keyboard.Binding]:
    """What single keys do for this person; those of a page for whoever may open it."""
    return [
        one
        for one in keyboard.of_role(_person(request).role)
        if not one.page or rights.may_read(request.user, one.page)
    ]


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _other(theme: str) -> str:
    return Theme.LIGHT if theme == Theme.DARK else Theme.DARK


def _answer(request: Request) -> HttpResponse:
    """A screen shows it already."""
    return HttpResponse(status=204) if request.htmx else answers.back(request, "/profile/")
