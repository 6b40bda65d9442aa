"""Probes of every path of the console, and of the forms that its pages hold."""

import random
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from bench.probes import worse
from bench.probes.given import ROLES, Given
from bench.probes.sending import Line, Probe

TOKEN, TOKEN_FIELD = "t" * 32, "csrfmiddlewaretoken"
FILLED_IN = {"input", "select", "textarea", "button"}
PLACE = re.compile(r"<(\w+):(\w+)>")
ROWS = {"person": "people", "team": "teams", "delivery_id": "deliveries", "username": "usernames"}
BY_PATH = {"agents/keys": "keys", "agents/endpoints": "endpoints", "agents": "agents"}
# Whoever is signed out by them has nothing left to try, so they are tried by strangers more often.
ENDING = re.compile(r"logout|password|/account/|/sessions/")
NAMES = (
    "q",
    "page",
    "cursor",
    "at",
    "team",
    "to",
    "case",
    "state",
    "filter",
    "sort",
    "from",
    "tab",
)
ALLAUTH = (
    *("accounts/login/", "accounts/logout/", "accounts/password/change/", "accounts/sessions/"),
    *("accounts/2fa/", "accounts/2fa/authenticate/", "accounts/2fa/totp/activate/"),
    *("accounts/reauthenticate/", "accounts/2fa/recovery-codes/", "static/", "ws/", "favicon.ico"),
)
COMMANDS = ("approve", "choose", "edit", "reject", "respond", "undo", "claim", "release", "accept",
            "decline", "heartbeat", "pass_on", "snooze", "ask_handover", "keep_handover",
            "give_handover")  # fmt: skip
FIELDS = {
    "id": "b1946ac9-2492-4d23-8f3e-0000000000", "version": "1", "reply": "Dear customer",
    "digest": "", "issued_at": "", "reason_code": "other", "text": "a word",
    "instructions": "Go on.", "message": "Ask.", "option_id": "send", "verdict:call_1": "approve",
    "edit:call_1:/order_id": "#W1", "drop:call_1:/order_id": "on", "tool:call_1": "refund",
    "to": "skill", "skill": "orders", "proficiency": "2", "until": "2026-12-01T10:00",
    "zone": "Europe/Berlin", "minutes": "15", "active": "true", "how": "key", "active_s": "4",
    "opened": "1", "state": "present", "reason": "Lunch", "seen": "1", "form": "edit",
    "fields": "{}", "command": "approve",
    "edit:call_1:/item_ids/0": "1", "value:call_1:/value": "1",
}  # fmt: skip


@dataclass
class Form:
    """One on a page: where it goes and what stands in it."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Pages:
    """Draws one probe after the other; `read` gathers the forms first."""

    def __init__(self, pages: list[dict[str, Any]]) -> None:
        self._pages = pages
        self._forms: list[tuple[str, Form]] = []

    def read(self, given: Given, line: Line) -> None:
        """Open every page as every role, and keep the forms on it."""
        self._forms = []
        for role in ROLES:
            for page in self._pages:
                if "GET" in page["methods"]:
                    target = "/" + _filled(page["path"], given, random.Random(1), spoiled=0)
                    cookie = _headers(given.sessions[role][0])
                    said = line.ask(Probe("", "GET", target, cookie), whole=True).said
                    self._forms += [(role, form) for form in forms_in(said) if form.action]

    def draw(self, given: Given, chance: random.Random) -> Probe:
        draw = chance.random()
        if draw < 0.3 and self._forms:
            return self._form(given, chance)
        elif draw < 0.55:
            return _command(given, chance)
        else:
            return self._page(given, chance)

    def _form(self, given: Given, chance: random.Random) -> Probe:
        role, form = chance.choice(self._forms)
        if ENDING.search(form.action) and chance.random() < 0.95:
            role = "stranger"
        headers = _headers(_session(given, role, chance), chance)
        body = worse.form(form.fields, chance)
        return Probe(f"form {self._name(form.action)}", "POST", form.action, headers, body)

    def _page(self, given: Given, chance: random.Random) -> Probe:
        page = chance.choice(self._pages)
        role = chance.choice((*ROLES, *ROLES, "admin", "stranger"))
        if ENDING.search(page["path"]):
            role = "stranger"
        method = chance.choice(page["methods"]) if chance.random() < 0.97 else "OPTIONS"
        target = "/" + _filled(page["path"], given, chance, spoiled=0.3)
        if method != "POST" and chance.random() < 0.6:
            name = chance.choice((*NAMES, worse.escape(chance)))
            target += f"?{name}={worse.escape(chance)}"
        headers = _headers(_session(given, role, chance), chance)
        some = dict(chance.sample(sorted(FIELDS.items()), 6))
        body = worse.form(some, chance) if method == "POST" else b""
        return Probe(f"{method} /{page['path']}", method, target, headers, body)

    def _name(self, action: str) -> str:
        """The path of the table that this address is one of."""
        for page in self._pages:
            pattern = PLACE.sub("[^/]+", re.escape(page["path"]).replace(r"\<", "<"))
            if re.fullmatch("/" + pattern.replace(r"\>", ">"), action.partition("?")[0]):
                return f"/{page['path']}"
        return re.sub(r"(esc|msg)_\w+|\d+", "…", action.partition("?")[0])


def table() -> list[dict[str, Any]]:
    """Every page of the console with its methods. Runs where Django is set up."""
    from console.pages.table import PAGES

    found = [{"path": page.path, "methods": page.methods} for page in PAGES.values()]
    return [*found, *({"path": path, "methods": ["GET", "POST"]} for path in ALLAUTH)]


def forms_in(html: str) -> list[Form]:
    """The forms of a page, with what stands in their fields."""
    reader = _Reader()
    reader.feed(html)
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if action := said.get("hx-post") or (tag == "form" and said.get("action", "")):
            self.found.append(Form(action.partition("#")[0] if action.startswith("/") else ""))
        elif tag in FILLED_IN and self.found and said.get("name", TOKEN_FIELD) != TOKEN_FIELD:
            self.found[-1].fields[said["name"]] = said.get("value", "1")


def _command(given: Given, chance: random.Random) -> Probe:
    name = chance.choice(COMMANDS)
    names = {"id", "version", *chance.sample(sorted(FIELDS), 3)}
    fields = {each: FIELDS[each] for each in sorted(names)}
    fields["id"] += str(chance.randrange(10**9))
    role = chance.choice(ROLES[:3])
    headers = _headers(_session(given, role, chance), chance)
    target = f"/escalations/{chance.choice(given.cases)}/{name}/"
    return Probe(f"command {name}", "POST", target, headers, worse.form(fields, chance))


def _filled(path: str, given: Given, chance: random.Random, *, spoiled: float) -> str:
    def value(found: "re.Match[str]") -> str:
        if chance.random() < spoiled:
            return worse.escape(chance)
        elif found[2] == "escalation_id":
            return chance.choice(given.cases)
        elif found[2] == "name":
            return chance.choice(COMMANDS)
        kind = ROWS.get(found[2]) or next(
            (rows for start, rows in BY_PATH.items() if path.startswith(start)), "people"
        )
        return chance.choice(given.rows[kind] or ["1"])

    return PLACE.sub(value, path)


def _session(given: Given, role: str, chance: random.Random) -> str:
    if role == "stranger":
        return chance.choice(("", "x" * 32, "\x00", "\ud800", "a" * 3_000))
    else:
        return chance.choice(given.sessions[role])


def _headers(session: str, chance: random.Random | None = None) -> tuple[tuple[str, str], ...]:
    cookie = f"sessionid={session}; csrftoken={TOKEN}"
    found = [("Cookie", cookie), ("X-CSRFToken", TOKEN)]
    if chance is None:
        return tuple(found)
    types = ("application/x-www-form-urlencoded",) * 12
    odd = ("application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data", "text/plain",
           "multipart/form-data; boundary=x", "application/json", "")  # fmt: skip
    found.append(("Content-Type", chance.choice((*types, *odd))))
    found.append(("Accept", chance.choice(("text/html", "application/json", "*/*", "\ud800", ""))))
    if chance.random() < 0.4:
        found.append(("HX-Request", "true"))
    if chance.random() < 0.1:
        odd_name = chance.choice(("HX-Target", "HX-Current-URL", "Referer", "Accept-Language"))
        found.append((odd_name, worse.escape(chance)[:1_000]))
    return tuple(found)
