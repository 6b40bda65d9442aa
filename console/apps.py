from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Makes our lookups known to every model, and what the project writes to the record."""
        from console import kinds
        from console.database import lookups  # noqa: F401
        from console.people import sheets as people
        from escalations.record import kinds as table
        from escalations.record import sheets

        table.add(*kinds.ROWS)
        sheets.add(*people.SOURCES)
