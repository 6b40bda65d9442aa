from django.urls import include, path

from console.api import api
from console.views import api_docs, health, profile

urlpatterns = [
    path("", include("escalations.urls")),
    path("", include("routing.urls")),
    path("", include("metrics.urls")),
    path("profile/", profile.profile, name="profile"),
    path("profile/theme/", profile.theme, name="profile_theme"),
    path("profile/keys/", profile.keys, name="profile_keys"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("-/metrics", health.metrics, name="figures"),
    path("api/v1/docs", api_docs.api_docs, name="api_docs"),
    path("api/v1/", api.urls),
    path("accounts/", include("allauth.urls")),
]

handler500 = "console.views.errors.server_error"
