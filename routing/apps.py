from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "routing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Capacity and offers follow every move of an escalation."""
        from escalations import commands
        from escalations.lifecycle import moves
        from routing.offers import making
        from routing.people import units
        from routing.transfers import acts, handovers, reassigning, targets

        moves.moved.connect(units.follow, dispatch_uid="routing.units")
        moves.moved.connect(making.follow, dispatch_uid="routing.offers")
        moves.moved.connect(handovers.follow, dispatch_uid="routing.handovers")
        moves.moved.connect(reassigning.follow, dispatch_uid="routing.reassigning")
        moves.moved.connect(targets.follow, dispatch_uid="routing.targets")
        commands.add(acts.ACTS)
