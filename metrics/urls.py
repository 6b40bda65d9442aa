from console.pages.rights import routes
from metrics import views

app_name = "metrics"
urlpatterns = routes(
    app_name,
    {
        "metrics": views.metrics,
        "cases": views.cases,
    },
)
