from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "routing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Capacity follows every move of an escalation."""
        from escalations import moves
        from routing import units

        moves.moved.connect(units.follow, dispatch_uid="routing.units")
