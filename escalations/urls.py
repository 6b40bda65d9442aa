from django.urls import path

from escalations.views import levels, policy_versions, queue

app_name = "escalations"
urlpatterns = [
    path("", queue.queue, name="home"),
    path("inbox/", queue.queue, name="inbox"),
    path("escalations/<str:escalation_id>/", queue.queue, name="briefing"),
    path("levels/", levels.show, name="levels"),
    path("levels/cell/", levels.cell, name="levels-cell"),
    path("levels/rules/add/", levels.add_rule, name="levels-rule-add"),
    path("levels/rules/remove/", levels.remove_rule, name="levels-rule-remove"),
    path("levels/task-types/add/", levels.add, name="levels-add"),
    path("levels/task-types/remove/", levels.remove, name="levels-remove"),
    path("levels/draft/drop/", levels.drop, name="levels-drop"),
    path("levels/draft/publish/", policy_versions.publish, name="levels-publish"),
    path("levels/draft/forward/", policy_versions.forward, name="levels-forward"),
    path("levels/versions/", policy_versions.compare, name="levels-compare"),
    path("levels/versions/<int:number>/", policy_versions.version, name="levels-version"),
    path("levels/versions/<int:number>/restore/", policy_versions.restore, name="levels-restore"),
]
