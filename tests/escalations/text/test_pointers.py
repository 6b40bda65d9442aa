import pytest

from escalations.text import pointers


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", {"a/b": [{"c~d": 1}]}),
        ("/a~1b/0/c~0d", 1),
        ("/a~1b/1", None),
        ("/a~1b/-1", None),
        ("/x/y", None),
        ("a", None),
        ("/a~1b/0/c~0d/e", None),
    ],
)
def test_get_follows_rfc_6901(pointer, value):
    assert pointers.get({"a/b": [{"c~d": 1}]}, pointer) == value


def test_put_append_and_remove_change_one_place():
    document = {"a": [1, 2]}
    pointers.put(document, "/a/0", 9)
    pointers.put(document, "/b/c", 3)
    pointers.append(document, "/a", 4)
    pointers.append(document, "/d", 5)
    pointers.remove(document, "/a/1")
    pointers.remove(document, "/nothing/here")
    assert document == {"a": [9, 4], "b": {"c": 3}, "d": [5]}
