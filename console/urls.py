from django.urls import include, path

urlpatterns = [
    path("", include("escalations.urls")),
    path("", include("routing.urls")),
    path("", include("metrics.urls")),
    path("accounts/", include("allauth.urls")),
]
