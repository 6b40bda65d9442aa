import pytest
from django.db import connection

from console.models import User
from routing.models import Unit
from tests.factories import person

pytestmark = pytest.mark.django_db


def test_among_finds_numbers_names_and_keys_of_others():
    dana, kofi, leila = (person(name) for name in ("dana", "kofi", "leila"))
    assert set(User.objects.filter(pk__among=[dana.pk, leila.pk, 0])) == {dana, leila}
    assert set(User.objects.filter(username__among={"kofi", "no'body"})) == {kofi}
    assert set(Unit.objects.filter(person__among={dana.pk: 1}).values_list("person")) == {
        (dana.pk,)
    }
    assert set(User.objects.exclude(pk__among=[dana.pk])) == {kofi, leila}


def test_among_none_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert list(User.objects.filter(pk__among=[])) == []


def test_among_says_the_same_for_any_number(django_assert_num_queries):
    def said(numbers):
        with django_assert_num_queries(1) as asked:
            list(User.objects.filter(pk__among=numbers))
        return asked.captured_queries[0]["sql"]

    few, many = said(range(3)), said(range(3_000))
    shared = "ANY(" if connection.vendor == "postgresql" else "json_each("
    assert few.partition(shared)[0] == many.partition(shared)[0]


def test_written_finds_as_in_does():
    for name, role in {"dana": "reviewer", "kofi": "supervisor", "leila": "auditor"}.items():
        person(name, role)
    for roles in (("reviewer",), ("reviewer", "auditor"), ("nobody",)):
        written, usual = (
            User.objects.filter(**{f"role__{how}": roles}) for how in ("written", "in")
        )
        assert set(written) == set(usual)
        apart = User.objects.exclude(role__written=roles)
        assert set(apart) == set(User.objects.exclude(role__in=roles))


@pytest.mark.parametrize("text", ["it's", "a b", "", "x') OR ('1'='1"])
def test_written_takes_nothing_but_words(text):
    with pytest.raises(ValueError, match="are not all words"):
        list(User.objects.filter(role__written=("reviewer", text)))
