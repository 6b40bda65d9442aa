from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "routing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Capacity follows every move of an escalation."""
        from escalations import lifecycle
        from routing import units

        lifecycle.moved.connect(units.follow, dispatch_uid="routing.units")
