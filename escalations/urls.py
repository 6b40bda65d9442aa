from django.urls import path

from escalations.views import (
    briefing,
    commands,
    conversation,
    deliveries,
    levels,
    levels_time,
    policy_versions,
    preview,
    queue,
    timeline,
    unsent,
)

app_name = "escalations"
urlpatterns = [
    path("", queue.queue, name="home"),
    path("inbox/", queue.queue, name="inbox"),
    path("escalations/<str:escalation_id>/", briefing.page, name="briefing"),
    path("escalations/<str:escalation_id>/raw/", briefing.raw, name="raw"),
    path(
        "escalations/<str:escalation_id>/conversation/", conversation.turns, name="conversation"
    ),
    path("escalations/<str:escalation_id>/preview/", preview.preview, name="preview"),
    path("escalations/<str:escalation_id>/draft/", unsent.keep, name="draft"),
    path("escalations/<str:escalation_id>/<str:name>/", commands.command, name="command"),
    path("audit/", timeline.index, name="audit"),
    path("audit/<str:escalation_id>/", timeline.show, name="timeline"),
    path("deliveries/", deliveries.show, name="deliveries"),
    path("deliveries/<str:delivery_id>/retry/", deliveries.retry, name="deliveries-retry"),
    path("levels/", levels.show, name="levels"),
    path("levels/cell/", levels.cell, name="levels-cell"),
    path("levels/rules/add/", levels.add_rule, name="levels-rule-add"),
    path("levels/rules/remove/", levels.remove_rule, name="levels-rule-remove"),
    path("levels/task-types/add/", levels.add, name="levels-add"),
    path("levels/task-types/remove/", levels.remove, name="levels-remove"),
    path("levels/hours/", levels_time.hours, name="levels-hours"),
    path("levels/hours/remove/", levels_time.remove_hours, name="levels-hours-remove"),
    path("levels/routing/", levels_time.routing, name="levels-routing"),
    path("levels/draft/drop/", levels.drop, name="levels-drop"),
    path("levels/draft/publish/", policy_versions.publish, name="levels-publish"),
    path("levels/draft/forward/", policy_versions.forward, name="levels-forward"),
    path("levels/versions/", policy_versions.compare, name="levels-compare"),
    path("levels/versions/<int:number>/", policy_versions.version, name="levels-version"),
    path("levels/versions/<int:number>/restore/", policy_versions.restore, name="levels-restore"),
]
