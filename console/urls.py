from django.urls import include, path

from console.views import profile

urlpatterns = [
    path("", include("escalations.urls")),
    path("", include("routing.urls")),
    path("", include("metrics.urls")),
    path("profile/", profile.profile, name="profile"),
    path("profile/theme/", profile.theme, name="profile_theme"),
    path("profile/keys/", profile.keys, name="profile_keys"),
    path("accounts/", include("allauth.urls")),
]
