from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from django.urls import include, path, re_path

from console.api import api
from console.pages.rights import routes
from console.serving.sockets import signed_in_sockets
from console.views import agents, api_docs, health, installed, look_ups, people, profile
from escalations.consumers import Console

urlpatterns = [
    path("", include("routing.urls")),
    path("", include("escalations.urls")),
    path("", include("metrics.urls")),
    *routes(
        "",
        {
            "profile": profile.profile,
            "profile_theme": profile.theme,
            "profile_keys": profile.keys,
            "profile_own_keys": profile.own_keys,
            "profile_sound": profile.sound,
            "profile_email": profile.email,
            "people": people.show,
            "people_add": people.add,
            "person": people.person,
            "person_name": people.name,
            "person_password": people.password,
            "person_sessions": people.sessions,
            "person_account": people.account,
            "agents": agents.show,
            "agents_add": agents.add,
            "agent": agents.one,
            "agent_state": agents.state,
            "agent_secret": agents.secret,
            "agent_keys": agents.key_add,
            "agent_endpoints": agents.endpoint_add,
            "agent_facts": agents.facts,
            "agent_facts_nowhere": agents.facts_nowhere,
            "look_ups": look_ups.show,
            "look_up": look_ups.change,
            "look_up_removed": look_ups.remove,
            "look_up_tried": look_ups.tried,
            "key_rotate": agents.key_rotate,
            "key_revoke": agents.key_revoke,
            "endpoint_secret": agents.endpoint_secret,
            "endpoint_test": agents.endpoint_test,
            "endpoint_state": agents.endpoint_state,
            "healthz": health.healthz,
            "readyz": health.readyz,
            "figures": health.metrics,
            "api_docs": api_docs.api_docs,
            "manifest": installed.manifest,
            "worker": installed.worker,
            "offline": installed.offline,
        },
    ),
    path("api/v1/", api.urls),
    path("accounts/", include("allauth.urls")),
]

handler404 = "console.views.errors.not_found"
handler403 = "console.views.errors.forbidden"
handler400 = "console.views.errors.bad_request"
handler500 = "console.views.errors.server_error"

sockets = URLRouter(
    [
        path("ws/", signed_in_sockets(Console.as_asgi())),
        re_path("", WebsocketDenier.as_asgi()),
    ]
)
