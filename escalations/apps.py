from django.apps import AppConfig


class EscalationsConfig(AppConfig):
    name = "escalations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Refuse to start with hard rules that cannot be used; agents and look-ups are
        sealed."""
        from escalations.agents import sheets as agents
        from escalations.lookups import registered
        from escalations.policy import hard_rules
        from escalations.record import sheets

        hard_rules.require_usable()
        sheets.add(agents.SOURCE, registered.SOURCE)
