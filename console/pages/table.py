"""Every page, once: its name, its path, which roles read and write it, its place in the top bar.

`rights.py` draws from this table the URLs and who may open them, `navigation.py` the top bar and
the palette, templates what they offer, and `tests/test_permissions.py` its matrix. What one may do
with one case, whatever page it is on, is asked of `escalations/access.py`.
"""

from dataclasses import dataclass

from console.models import DECIDERS, LEADS, Role

Roles = frozenset[Role]

NOBODY: Roles = frozenset()
EVERYBODY: Roles = frozenset(Role)
WATCHERS: Roles = LEADS | {Role.AUDITOR}
ADMINS: Roles = frozenset({Role.ADMIN})


@dataclass(frozen=True, slots=True)
class NavEntry:
    """How a page stands in the top bar and the palette; it is marked under other paths as well."""

    label: str
    icon: str
    count: str = ""
    same: str = ""
    above: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """GET and HEAD read, POST writes; `own` reads it where `person` in its path is themselves."""

    name: str
    path: str
    read: Roles = NOBODY
    write: Roles = NOBODY
    own: Roles = NOBODY
    entry: NavEntry | None = None
    without_sign_in: bool = False

    @property
    def app(self) -> str:
        """The URL namespace, empty for what `console` shows itself."""
        return self.name.rpartition(":")[0]

    @property
    def methods(self) -> list[str]:
        reading = ["GET", "HEAD"] if self.read or self.without_sign_in else []
        return [*reading, "POST"] if self.write else reading


CASE = "escalations/<str:escalation_id>/"
STAFF = "skills/people/<int:person>/"
PERSON = "people/<name:username>/"
AGENT = "agents/<name:agent>/"

# Of two paths that fit, the first is taken.
INBOX = (
    Page("escalations:home", "", read=EVERYBODY),
    Page(
        "escalations:inbox",
        "inbox/",
        read=EVERYBODY,
        entry=NavEntry("Inbox", "inbox", count="mine", same="/", above=("/escalations/",)),
    ),
    Page("escalations:briefing", CASE, read=EVERYBODY),
    Page("escalations:open", f"{CASE}open/", write=EVERYBODY),
    Page("escalations:raw", f"{CASE}raw/", read=EVERYBODY),
    Page("escalations:conversation", f"{CASE}conversation/", read=EVERYBODY),
    Page("escalations:facts", f"{CASE}facts/", read=EVERYBODY),
    Page("escalations:look-up", f"{CASE}look-ups/<int:number>/", read=EVERYBODY, write=DECIDERS),
    Page("escalations:said", f"{CASE}said/", read=EVERYBODY),
    Page("escalations:held", f"{CASE}held/preview/", write=DECIDERS),
    Page("escalations:hand-back-preview", f"{CASE}hand_back/preview/", write=DECIDERS),
    Page("escalations:preview", f"{CASE}preview/", write=EVERYBODY),
    Page("escalations:draft", f"{CASE}draft/", write=DECIDERS),
    Page("escalations:why", f"{CASE}why/", read=EVERYBODY),
    Page("escalations:here", f"{CASE}here/", read=EVERYBODY),
    Page("routing:pass-on-whom", f"{CASE}pass_on/people/", read=DECIDERS),
    Page("routing:readers", f"{CASE}readers/", read=DECIDERS),
    Page("routing:follow", f"{CASE}follow/", write=EVERYBODY),
    # Some commands only read, so who may send which is the affair of `escalations/access.py`.
    Page("escalations:command", f"{CASE}<str:name>/", write=EVERYBODY),
    Page("escalations:batch", "batch/", read=DECIDERS, write=DECIDERS),
    Page("escalations:batch-undo", "batch/undo/", write=DECIDERS),
    Page("escalations:families", "batch/families/", read=DECIDERS),
    Page("routing:beside", "beside/", read=EVERYBODY),
    Page("routing:presence", "presence/", read=DECIDERS, write=DECIDERS),
    Page("routing:presence-other", "presence/<str:username>/", write=LEADS),
    Page("routing:offers", "offers/", read=EVERYBODY),
    Page("routing:next", "next/", read=EVERYBODY, write=DECIDERS),
    Page("routing:handovers", "handovers/", read=EVERYBODY),
    Page("routing:notices", "notices/", read=EVERYBODY),
    Page("routing:notices-seen", "notices/seen/", write=EVERYBODY),
    Page("routing:notice", "notices/<int:number>/", write=EVERYBODY),
)
FLOOR = (
    Page("routing:floor", "floor/", read=WATCHERS, entry=NavEntry("Floor", "people")),
    Page("routing:floor-reassign", "floor/reassign/", read=LEADS, write=LEADS),
    Page("routing:floor-spread", "floor/spread/", read=LEADS, write=LEADS),
    Page("routing:floor-member", "floor/people/<int:person>/", read=LEADS),
    Page("routing:floor-capacity", "floor/people/<int:person>/capacity/", write=LEADS),
)
FIGURES = (
    Page("metrics:metrics", "metrics/", read=EVERYBODY, entry=NavEntry("Metrics", "up-m")),
    Page("metrics:cases", "metrics/cases/", read=EVERYBODY),
)
AUDIT = (
    Page("escalations:audit", "audit/", read=WATCHERS, entry=NavEntry("Audit", "shield")),
    Page("escalations:reverse", "audit/reverse/", read=LEADS, write=LEADS),
    Page("escalations:timeline", "audit/<str:escalation_id>/", read=EVERYBODY),
)
DELIVERIES = (
    Page(
        "escalations:deliveries", "deliveries/", read=WATCHERS, entry=NavEntry("Deliveries", "send")
    ),
    Page("escalations:deliveries-retry", "deliveries/<str:delivery_id>/retry/", write=ADMINS),
)
LEVELS = (
    Page("escalations:levels", "levels/", read=LEADS, entry=NavEntry("Levels", "filter")),
    Page("escalations:levels-cell", "levels/cell/", write=LEADS),
    Page("escalations:levels-remarks", "levels/remarks/", write=LEADS),
    Page("escalations:levels-rule-add", "levels/rules/add/", write=LEADS),
    Page("escalations:levels-rule-remove", "levels/rules/remove/", write=LEADS),
    Page("escalations:levels-add", "levels/task-types/add/", write=LEADS),
    Page("escalations:levels-remove", "levels/task-types/remove/", write=LEADS),
    Page("escalations:levels-hours", "levels/hours/", write=LEADS),
    Page("escalations:levels-hours-remove", "levels/hours/remove/", write=LEADS),
    Page("escalations:levels-ladder", "levels/ladder/", write=LEADS),
    Page("escalations:levels-routing", "levels/routing/", write=LEADS),
    Page("escalations:levels-drop", "levels/draft/drop/", write=LEADS),
    Page("escalations:levels-publish", "levels/draft/publish/", write=ADMINS),
    Page("escalations:levels-adopt", "levels/draft/adopt/", write=ADMINS),
    Page("escalations:levels-decline", "levels/draft/decline/", write=ADMINS),
    Page("escalations:levels-forward", "levels/draft/forward/", write=LEADS),
    Page("escalations:levels-compare", "levels/versions/", read=WATCHERS),
    Page("escalations:levels-version", "levels/versions/<int:number>/", read=WATCHERS),
    Page("escalations:levels-restore", "levels/versions/<int:number>/restore/", write=ADMINS),
)
SKILLS = (
    Page("routing:skills", "skills/", read=DECIDERS, entry=NavEntry("Skills", "two")),
    Page("routing:skills-grade", "skills/grade/", write=LEADS),
    Page("routing:skills-export", "skills/export.csv", read=LEADS),
    Page("routing:skills-import", "skills/import/", read=LEADS, write=LEADS),
    Page("routing:skills-add", "skills/add/", write=LEADS),
    Page("routing:skills-remove", "skills/remove/", write=LEADS),
    Page("routing:team-add", "skills/teams/add/", write=LEADS),
    Page("routing:team-change", "skills/teams/<int:team>/", write=LEADS),
    Page("routing:staff", STAFF, read=LEADS, own=DECIDERS),
    Page("routing:staff-skills", f"{STAFF}skills/", write=LEADS),
    Page("routing:staff-duty", f"{STAFF}duty/", write=LEADS),
    Page("routing:staff-load", f"{STAFF}load/", write=LEADS),
    Page("routing:staff-week", f"{STAFF}week/", write=LEADS),
    Page("routing:staff-off", f"{STAFF}off/", write=LEADS),
)
PEOPLE = (
    Page("people", "people/", read=ADMINS, entry=NavEntry("People", "people")),
    # Not one segment, where a person of that name would stand.
    Page("people_add", "people/new/add/", write=ADMINS),
    Page("person", PERSON, read=WATCHERS),
    Page("person_name", f"{PERSON}name/", write=ADMINS),
    Page("person_password", f"{PERSON}password/", write=ADMINS),
    Page("person_sessions", f"{PERSON}sessions/", write=ADMINS),
    Page("person_account", f"{PERSON}account/", write=ADMINS),
)
AGENTS = (
    Page("agents", "agents/", read=ADMINS, entry=NavEntry("Agents", "keyb")),
    Page("agents_add", "agents/new/add/", write=ADMINS),
    Page("agent", AGENT, read=WATCHERS),
    Page("agent_state", f"{AGENT}state/", write=ADMINS),
    Page("agent_secret", f"{AGENT}secret/", write=ADMINS),
    Page("agent_keys", f"{AGENT}keys/", write=ADMINS),
    Page("agent_endpoints", f"{AGENT}endpoints/", write=ADMINS),
    Page("agent_facts", f"{AGENT}facts/", write=ADMINS),
    Page("agent_facts_nowhere", f"{AGENT}facts/nowhere/", write=ADMINS),
    # Not one segment, where an agent of that name would stand.
    Page("look_ups", "agents/look-ups/all/", read=ADMINS, write=ADMINS),
    Page("look_up", "agents/look-ups/<int:pk>/", write=ADMINS),
    Page("look_up_removed", "agents/look-ups/<int:pk>/remove/", write=ADMINS),
    Page("look_up_tried", "agents/look-ups/<int:pk>/try/", write=ADMINS),
    Page("key_rotate", "agents/keys/<int:pk>/rotate/", write=ADMINS),
    Page("key_revoke", "agents/keys/<int:pk>/revoke/", write=ADMINS),
    Page("endpoint_secret", "agents/endpoints/<int:pk>/secret/", write=ADMINS),
    Page("endpoint_test", "agents/endpoints/<int:pk>/test/", write=ADMINS),
    Page("endpoint_state", "agents/endpoints/<int:pk>/state/", write=ADMINS),
)
OWN = (
    Page("profile", "profile/", read=EVERYBODY),
    Page("profile_theme", "profile/theme/", write=EVERYBODY),
    Page("profile_keys", "profile/keys/", write=EVERYBODY),
    Page("profile_own_keys", "profile/keys/own/", write=EVERYBODY),
    Page("routing:digest", "profile/digest/", write=DECIDERS),
    Page("routing:saved-views", "profile/views/", read=EVERYBODY, write=EVERYBODY),
    Page("routing:saved-view-remove", "profile/views/<int:number>/remove/", write=EVERYBODY),
    Page("profile_sound", "profile/sound/", write=EVERYBODY),
    Page("profile_email", "profile/email/", write=EVERYBODY),
)
WITHOUT_SIGN_IN = (
    Page("healthz", "healthz", without_sign_in=True),
    Page("readyz", "readyz", without_sign_in=True),
    Page("figures", "-/metrics", without_sign_in=True),
    Page("api_docs", "api/v1/docs", without_sign_in=True),
    Page("manifest", "manifest.webmanifest", without_sign_in=True),
    Page("worker", "worker.js", without_sign_in=True),
    Page("offline", "offline/", without_sign_in=True),
)
WORK = (*INBOX, *FLOOR, *FIGURES, *AUDIT, *DELIVERIES)
SETTINGS = (*LEVELS, *SKILLS, *PEOPLE, *AGENTS)
PAGES = {page.name: page for page in (*WORK, *SETTINGS, *OWN, *WITHOUT_SIGN_IN)}
