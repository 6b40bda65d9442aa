import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from console.api import api
from escalations.commands import manual
from escalations.schemas import published

DOCS = settings.BASE_DIR / "docs"


class Command(BaseCommand):
    help = "Writes docs/openapi.json, docs/schemas and the commands of docs/api.md anew."

    def handle(self, **_: Any) -> None:
        documents = {f"schemas/{name}": schema for name, schema in published.published().items()}
        documents["openapi.json"] = api.get_openapi_schema()
        for name, document in documents.items():
            text = json.dumps(document, indent=2, ensure_ascii=False)
            (DOCS / name).write_text(f"{text}\n", encoding="utf-8")
            self.stdout.write(f"docs/{name}")
        api_page = DOCS / "api.md"
        api_page.write_text(manual.renewed(api_page.read_text("utf-8")), encoding="utf-8")
        self.stdout.write("docs/api.md")
