"""People: who works here, and as what. For admins; what they can do is on the skills pages."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django_htmx.http import push_url

from console import clock, consequences
from console.forms import faults
from console.forms.people import NameForm, PersonForm
from console.forms.plain import Plain
from console.models import User
from console.pages import answers
from console.pages.once import once
from console.pages.rights import actor, may_read, may_write
from console.people import managing, rosters
from escalations.record_screen import latest
from escalations.refusals import Refused
from routing.people import announcing, roster, units

PEOPLE = 50  # On a page.


def show(request: HttpRequest) -> HttpResponse:
    """Everybody, and a form for one more."""
    return _list(request, PersonForm())


@once
def add(request: HttpRequest) -> HttpResponse:
    """Make an account; its password is shown on the page that comes back, and never again."""
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        user, password = managing.create(**form.cleaned_data, by=actor(request), now=clock.now())
    except Refused as refused:
        faults.show(form, refused)
        return _list(request, form, status=422)
    messages.success(request, f"{user.name} can sign in.")
    made = _person(request, user, password=password)
    return push_url(made, reverse("person", args=[user.username]))


def person(request: HttpRequest, username: str) -> HttpResponse:
    """Who this is, and for an admin what may be changed."""
    return _person(request, get_object_or_404(User, username=username))


@transaction.atomic
def name(request: HttpRequest, username: str) -> HttpResponse:
    """Another name or role."""
    user = get_object_or_404(User.objects.select_for_update(no_key=True), username=username)
    form = NameForm.of(user, request.POST)
    form.by_whom = partial(latest.by_whom, announcing.CHAIN, ["changed"], person=username)

    def act() -> str:
        managing.change(user, **form.cleaned_data, by=actor(request), now=clock.now())
        return "Name and role are changed."

    return _done(request, user, form, "name_form", act)


@once
def password(request: HttpRequest, username: str) -> HttpResponse:
    """A new password, shown on the page that comes back and never again."""
    user = get_object_or_404(User, username=username)
    new = managing.give_new_password(user, by=actor(request), now=clock.now())
    return _person(request, user, password=new)


def sessions(request: HttpRequest, username: str) -> HttpResponse:
    """Sign them out everywhere."""
    user = get_object_or_404(User, username=username)
    ended = managing.end_sessions(user, by=actor(request), now=clock.now())
    messages.success(request, f"{user.name} is signed out ({ended} sessions).")
    return redirect("person", username)


def account(request: HttpRequest, username: str) -> HttpResponse:
    """Close the account (`open` is 0) or open it again."""
    user, form = get_object_or_404(User, username=username), Plain(request.POST)
    opens = request.POST.get("open") == "1"

    def act() -> str:
        (managing.reactivate if opens else managing.deactivate)(
            user, by=actor(request), now=clock.now()
        )
        return f"The account of {user.name} is {'open' if opens else 'closed'}."

    return _done(request, user, form, "account_form", act)


def _done(
    request: HttpRequest, user: User, form: Plain, slot: str, act: Callable[[], str]
) -> HttpResponse:
    """Do it and come back to the person, or show the form with what is wrong in it."""
    if form.is_valid():
        try:
            messages.success(request, act())
        except Refused as refused:
            faults.show(form, refused)
        else:
            return _after(request, user)
    return _person(request, user, status=422, forms={slot: form})


def _after(request: HttpRequest, user: User) -> HttpResponse:
    """The person again, or the inbox for who has just given up the right to read that."""
    reader = User.objects.get(username=request.user.get_username())
    if may_read(reader, "person") or not reader.is_active:
        return redirect("person", user.username)
    return answers.elsewhere(request, "/inbox/")


def _list(request: HttpRequest, form: PersonForm, *, status: int = 200) -> HttpResponse:
    words = request.GET.get("words", "").replace("\0", "")[:80]
    people = Paginator(rosters.found(words), PEOPLE).get_page(request.GET.get("page"))
    context = {
        "people": people,
        "words": words,
        "entries": rosters.entries(list(people.object_list)),
        "form": form,
    }
    return render(request, "console/people.html", context, status=status)


def _person(
    request: HttpRequest,
    user: User,
    *,
    password: str = "",
    status: int = 200,
    forms: dict[str, Plain] | None = None,
) -> HttpResponse:
    user = User.objects.get(pk=user.pk)
    taken, many = units.load(user.pk)
    context = {
        "person": user,
        "may_edit": may_write(request.user, "person_name"),
        "password": password,
        "skills": sorted(roster.skills_of(user.pk).items(), key=lambda one: one[0].casefold()),
        "password_says": consequences.of_new_password(user),
        "sessions_say": consequences.of_signing_out(user),
        "close_says": consequences.of_closing(user, taken),
        "may_hold": rosters.may_hold(user, taken),
        "taken": taken,
        "units": many,
        "name_form": NameForm.of(user),
        **(forms or {}),
    }
    response = render(request, "console/person.html", context, status=status)
    if password:
        response.headers["Cache-Control"] = "no-store"
    return response
