"""Pieces of pages that are kept: their keys, what is left open in them, and how many there are."""

import re
import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.utils.html import format_html

from console.models import User
from console.pages import kept
from console.pages.kept import Filling, Gaps, KeptPiece, KeptPieces, fingerprint
from console.people.viewers import viewer_of
from escalations import lifecycle
from routing.attendance import presence
from routing.models import Presence
from routing.people import saved_views
from tests.factories import NOW, escalation, person


def test_what_is_left_open_is_filled_for_each_answer():
    gaps = Gaps()
    drawn = format_html(
        "a {} b {}", gaps.leave(lambda _: "1"), str(gaps.leave(lambda f: str(f.now)))
    )
    piece = KeptPiece(gaps.parts(drawn))
    assert piece.filled(Filling(None, NOW)) == f"a 1 b {NOW}"
    later = NOW + timedelta(1)
    assert piece.filled(Filling(None, later)) == f"a 1 b {later}"


def test_no_text_can_be_taken_for_what_is_left_open():
    seen = Gaps().leave(lambda _: "secret")
    gaps = Gaps()
    assert gaps.parts(f"{seen} and g0g") == (f"{seen} and g0g",)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "b"), ("ab",)),
        ((1,), ("1",)),
        (({"a": 1},), ({"a": 2},)),
        ((NOW,), (NOW + timedelta(microseconds=1),)),
        ((None, ""), ("", None)),
    ],
)
def test_other_values_have_another_key(one, other):
    assert fingerprint(*one) != fingerprint(*other)


def test_equal_values_have_the_same_key_whatever_objects_they_are():
    text = "".join(["a long ", "text"])
    assert fingerprint(text, text) == fingerprint("a long text", "".join(["a ", "long text"]))


@pytest.mark.django_db
def test_a_row_counts_by_its_columns_and_by_what_was_read_with_it():
    case = escalation()
    same, other = (type(case).objects.select_related("agent").get() for _ in range(2))
    assert fingerprint(same) == fingerprint(other)
    other.agent.name = "Another"
    assert fingerprint(same) != fingerprint(other)
    same.why = "Another reason"
    assert fingerprint(same) != fingerprint(type(case).objects.select_related("agent").get())


def test_what_was_not_used_for_longest_leaves_first():
    shelf = KeptPieces(bytes_max=10_000)
    for name in range(9):
        shelf.put(bytes([name]), KeptPiece(("x" * 1_000,)))
    assert shelf.get(bytes([0]), NOW)
    shelf.put(b"one more", KeptPiece(("x" * 1_000,)))
    assert shelf.get(bytes([0]), NOW)
    assert shelf.get(bytes([1]), NOW) is None
    assert shelf.bytes <= 10_000
    assert len(shelf) == 9


def test_one_that_is_too_large_is_not_kept_and_one_put_twice_counts_once():
    shelf = KeptPieces(bytes_max=10_000)
    shelf.put(b"large", KeptPiece(("x" * 2_000,)))
    assert (len(shelf), shelf.bytes) == (0, 0)
    shelf.put(b"a", KeptPiece(("x" * 100,)))
    once = shelf.bytes
    shelf.put(b"a", KeptPiece(("x" * 100,)))
    assert (len(shelf), shelf.bytes) == (1, once)


def test_what_reads_otherwise_by_now_is_drawn_again():
    shelf = KeptPieces()
    shelf.put(b"a", KeptPiece(("a",), until=NOW))
    assert shelf.get(b"a", NOW - timedelta(microseconds=1))
    assert shelf.get(b"a", NOW) is None
    assert (len(shelf), shelf.bytes) == (0, 0)


def test_what_nobody_used_for_half_an_hour_leaves(monkeypatch):
    shelf = KeptPieces()
    shelf.put(b"a", KeptPiece(("a",), used_s=0.0))
    monkeypatch.setattr(kept.time, "monotonic", lambda: kept.UNUSED_S + 1.0)
    shelf.put(b"b", KeptPiece(("b",), used_s=kept.UNUSED_S + 1.0))
    assert shelf.get(b"a", NOW) is None
    assert shelf.get(b"b", NOW)


def test_it_is_counted_right_by_many_threads():
    shelf = KeptPieces(bytes_max=20_000)

    def use(number):
        for turn in range(300):
            key = bytes([(number * 7 + turn) % 40])
            if shelf.get(key, NOW) is None:
                shelf.put(key, KeptPiece(("x" * (turn % 900),)))

    threads = [threading.Thread(target=use, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert shelf.bytes == sum(piece.size for piece in shelf._pieces.values()) <= 20_000


@pytest.mark.django_db
def test_without_a_key_nothing_is_kept(rf):
    request = rf.get("/")
    request.user = person()
    filling = Filling(request, NOW)
    given = lambda: ({"detail": "Said."}, None)  # noqa: E731
    for key, count in ((None, 0), (b"a", 1)):
        assert "Said." in kept.piece("_refused.html", key, given, filling)
        assert len(kept.shelf) == count


CHANGES = {
    "name": lambda user: User.objects.filter(pk=user.pk).update(first_name="Another"),
    "role": lambda user: User.objects.filter(pk=user.pk).update(role="supervisor"),
    "auditor": lambda user: User.objects.filter(pk=user.pk).update(role="auditor"),
    "own keys": lambda user: User.objects.filter(pk=user.pk).update(own_keys={"approve": "y"}),
    "single keys": lambda user: User.objects.filter(pk=user.pk).update(single_keys=False),
    "theme": lambda user: User.objects.filter(pk=user.pk).update(theme="dark"),
    "status": lambda user: presence.beat({user.pk: NOW}, now=NOW),
    "a unit": lambda user: lifecycle.claim(escalation(), by=viewer_of(user), now=NOW),
    "a case": lambda user: escalation(),
    "a view": lambda user: saved_views.keep(user, "Mine", "tab=team", shared=False, now=NOW),
}
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=|"X-CSRFToken": )"\w+"')


@pytest.mark.django_db
@pytest.mark.parametrize("name", CHANGES)
def test_what_surrounds_a_page_is_as_if_drawn_anew(name, client):
    user = person()
    client.force_login(user)
    before = [client.get("/inbox/").content.decode() for _ in range(2)]
    CHANGES[name](user)
    page = client.get("/inbox/").content.decode()
    kept.shelf.forget()
    fresh = client.get("/inbox/").content.decode()
    assert TOKEN.sub("", page) == TOKEN.sub("", fresh)
    assert TOKEN.sub("", page) != TOKEN.sub("", before[1])
    assert TOKEN.sub("", before[0]) == TOKEN.sub("", before[1])
    tokens = [set(re.findall(r'csrfmiddlewaretoken" value="(\w+)"', one)) for one in before]
    assert not tokens[0] & tokens[1]


@pytest.mark.django_db
def test_each_has_their_own_and_none_sees_the_other(client):
    for name in ("dana", "kofi"):
        client.force_login(person(name))
        page = client.get("/inbox/").content.decode()
        assert f"signed in as {name}" in page
    assert "signed in as dana" not in page


def test_a_kept_block_sees_only_what_it_names(rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    template = Template('{% keep "a" seen %}{{ seen }}{{ unseen }}{% endkeep %}')
    given = {"seen": "yes", "unseen": "no", "request": request, "user": request.user}
    assert template.render(Context(given)) == "yes"
    assert template.render(Context(given | {"seen": "other"})) == "other"
    shared = Template('{% keep "b" shared %}{{ seen }}{{ user }}{{ csrf_token }}!{% endkeep %}')
    assert shared.render(Context(given | {"csrf_token": "secret"})) == "!"
    # Where nobody is known there is nothing to keep.
    assert template.render(Context({"seen": "yes", "unseen": "no"})) == "yesno"


def test_what_points_at_a_row_is_no_part_of_it():
    user, same, other = (User(username=name, date_joined=NOW) for name in ("dana", "dana", "kofi"))
    one = Presence(person=user)
    assert fingerprint(user) == fingerprint(same)
    assert fingerprint(one) == fingerprint(Presence(person=same))
    assert fingerprint(one) != fingerprint(Presence(person=other))
