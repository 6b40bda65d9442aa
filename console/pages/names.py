"""Names in addresses: `/people/<name:username>/`, `/agents/<name:agent>/`."""

from urllib.parse import quote, unquote

from django.urls import register_converter


class NameConverter:
    """Any name as one segment of a path. What would end the segment, or be taken for "here" or "up"
    by a browser, is quoted once more than usual, so that it comes back whole."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        return unquote(value)

    def to_url(self, value: str) -> str:
        if set(value) == {"."}:
            return value.replace(".", "%2E")
        return value.replace("%", "%25").replace("/", quote("/", safe=""))


def register() -> None:
    register_converter(NameConverter, "name")
