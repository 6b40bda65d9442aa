from django.urls import include, path

from console.api import api
from console.views import agents, api_docs, health, people, profile

urlpatterns = [
    path("", include("routing.urls")),
    path("", include("escalations.urls")),
    path("", include("metrics.urls")),
    path("profile/", profile.profile, name="profile"),
    path("profile/theme/", profile.theme, name="profile_theme"),
    path("profile/keys/", profile.keys, name="profile_keys"),
    path("profile/sound/", profile.sound, name="profile_sound"),
    path("profile/email/", profile.email, name="profile_email"),
    path("people/", people.show, name="people"),
    path("people/add/", people.add, name="people_add"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/name/", people.name, name="person_name"),
    path("people/<int:pk>/password/", people.password, name="person_password"),
    path("people/<int:pk>/sessions/", people.sessions, name="person_sessions"),
    path("people/<int:pk>/account/", people.account, name="person_account"),
    path("agents/", agents.show, name="agents"),
    path("agents/add/", agents.add, name="agents_add"),
    path("agents/<int:pk>/", agents.agent, name="agent"),
    path("agents/<int:pk>/state/", agents.state, name="agent_state"),
    path("agents/<int:pk>/secret/", agents.secret, name="agent_secret"),
    path("agents/<int:pk>/keys/", agents.key_add, name="agent_keys"),
    path("agents/<int:pk>/endpoints/", agents.endpoint_add, name="agent_endpoints"),
    path("agents/keys/<int:pk>/rotate/", agents.key_rotate, name="key_rotate"),
    path("agents/keys/<int:pk>/revoke/", agents.key_revoke, name="key_revoke"),
    path("agents/endpoints/<int:pk>/secret/", agents.endpoint_secret, name="endpoint_secret"),
    path("agents/endpoints/<int:pk>/state/", agents.endpoint_state, name="endpoint_state"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("-/metrics", health.metrics, name="figures"),
    path("api/v1/docs", api_docs.api_docs, name="api_docs"),
    path("api/v1/", api.urls),
    path("accounts/", include("allauth.urls")),
]

handler500 = "console.views.errors.server_error"
