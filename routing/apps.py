from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "routing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Capacity and offers follow every move of an escalation; what routing writes is known."""
        from escalations import commands
        from escalations.commands import keyboard
        from escalations.lifecycle import moved
        from escalations.record import audit
        from escalations.record import kinds as table
        from routing import kinds, vouched
        from routing.alerts import coming_back, reversals, timeouts
        from routing.alerts import verbs as notes
        from routing.floor import floor_keys
        from routing.offers import making
        from routing.people import units
        from routing.transfers import handovers, reassigning, targets, verbs

        # Capacity first: a move that is refused for want of room is refused before the others
        # write.
        moved.connect(units.follow, dispatch_uid="routing.units")
        moved.connect(making.follow, dispatch_uid="routing.offers")
        moved.connect(handovers.follow, dispatch_uid="routing.handovers")
        moved.connect(reassigning.follow, dispatch_uid="routing.reassigning")
        moved.connect(targets.follow, dispatch_uid="routing.targets")
        moved.connect(coming_back.follow, dispatch_uid="routing.coming_back")
        moved.connect(reversals.follow, dispatch_uid="routing.reversals")
        moved.connect(timeouts.follow, dispatch_uid="routing.timeouts")
        commands.add(*verbs.VERBS, *notes.VERBS)
        keyboard.add(*floor_keys.BINDINGS)
        table.add(*kinds.ROWS)
        audit.also(vouched.findings, rows=vouched.ROWS)
