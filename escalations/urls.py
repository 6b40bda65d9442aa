from django.urls import URLPattern, URLResolver

app_name = "escalations"
urlpatterns: list[URLPattern | URLResolver] = []
