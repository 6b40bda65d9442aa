"""The page about the API."""

from console.api import api


def test_it_shows_every_call_and_schema_to_anybody(client, db):
    page = client.get("/api/v1/docs").content.decode()

    document = api.get_openapi_schema()
    for path, operations in document["paths"].items():
        for method in operations:
            assert f"<code>{method.upper()} {path}</code>" in page
    for name in document["components"]["schemas"]:
        assert f'id="schema-{name}"' in page
    assert page.count("<script") == 1
