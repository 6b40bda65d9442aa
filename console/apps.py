from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Makes our lookups known to every model, what the project writes to the record, and to the
        log that a database that was away is back."""
        from django.db.backends.signals import connection_created

        from console import kinds
        from console.database import lookups  # noqa: F401
        from console.people import sheets as people
        from console.serving import outages
        from escalations.record import kinds as table
        from escalations.record import sheets

        table.add(*kinds.ROWS)
        sheets.add(*people.SOURCES)
        connection_created.connect(outages.reached)
