from django.apps import AppConfig


class EscalationsConfig(AppConfig):
    name = "escalations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Refuse to start with hard rules that cannot be used."""
        from escalations.policy import hard_rules

        hard_rules.current()
