"""No field is accepted in silence: what names nothing, or comes too late, is named in `warnings`."""

import copy
from datetime import timedelta

import pytest
from django.test import Client

from console import clock
from escalations import lifecycle, no_effect
from escalations.models import Escalation
from escalations.package import dangling
from tests.escalations import every_package
from tests.escalations.api.conftest import Caller, publish
from tests.factories import REFUND, person

pytestmark = pytest.mark.django_db
LINES = [{"sku": "A", "qty": 1}, {"sku": "B", "qty": 2}]
ACTION = REFUND["proposed_actions"][0]
ASK = {"id": "q1", "name": "ask", "kind": "question"}
WHICH = ASK | {"id": "q2", "name": "which", "allowed_decisions": ["respond"]}
SCHEMA = {"type": "object", "properties": {"amount": {"type": "string"}, "note": {}}}


def at(**ago):
    return (clock.now() - timedelta(**ago)).isoformat()


def action(**rest):
    return {"proposed_actions": [ACTION | rest]}


def claim(*evidence):
    return action(claims=[{"text": "It arrived broken", "evidence": list(evidence)}])


@pytest.fixture
def mira(db):
    person("dana", skills={"refunds": 3, "fraud": 0})
    publish(refund={"level": 2}, exchange={"level": 2})
    return Caller("mira")


def told(agent, package):
    """The pointers that both calls name, which must be the same, and the first sentence."""
    checked, made = (agent.post(path, REFUND | package) for path in ("/check", "/escalations"))
    assert (checked.status_code, made.status_code) == (200, 201), made.content
    warned = made.json().get("warnings", [])
    assert checked.json().get("warnings", []) == warned
    return [one["pointer"] for one in warned], warned[0]["detail"] if warned else ""


def zone(name):
    return {"context": {"customer": {"time_zone": name}}}


NOTHING = [
    ({"task_type": "refunt"}, "/task_type", " Did you mean “refund”?"),
    ({"task_type": "zzz"}, "/task_type", "as all other work is."),
    ({"task_type": "shop/refund"}, "/task_type", " Did you mean “refund”?"),
    ({"requested": {"skills": ["refund"]}}, "/requested/skills/0", "Did you mean “refunds”?"),
    # Somebody has it at 0, which is not having it.
    ({"requested": {"skills": ["refunds", "fraud"]}}, "/requested/skills/1", "fits nobody."),
    ({"requested": {"skills": ["a:b"]}}, "/requested/skills/0", "No skill can have this name"),
    *(
        (zone(name), "/context/customer/time_zone", f"There is no time zone “{name}”")
        for name in ("Mars/Olympus", "CEST", "UTC+2", "Berlin", "../Europe/Berlin", "+02:00")
    ),
    ({"requested": {"assignee": "nobody-x"}}, "/requested/assignee", "Nobody here"),
    ({"requested": {"method": "choose_option"}}, "/requested/method", "`requested.options`"),
    (
        {"requested": {"options": ["approve", "voucher"]}, "proposed_actions": [ASK, WHICH]},
        "/requested/options/1", "leaves “ask” without an answer",
    ),
    (
        {
            "requested": {"options": ["red", "blue"]},
            "proposed_actions": [WHICH | {"response_schema": {"enum": ["red", "green"]}}],
        },
        "/requested/options/1", "People are not offered this, as “which” must be answered",
    ),
    (action(depends_on=["a9"]), "/proposed_actions/0/depends_on/0", "has the id “a9”"),
    (
        {
            "proposed_actions": [
                ACTION | {"depends_on": ["q1"]},
                {"id": "q1", "name": "ask", "kind": "question"},
            ]
        },
        "/proposed_actions/0/depends_on/0",
        "“q1” is a question",
    ),
    (action(args_schema={"type": 7}), "/proposed_actions/0/args_schema", "no JSON Schema"),
    (action(args_schema={"$ref": "#"}), "/proposed_actions/0/args_schema", "no JSON Schema"),
    (
        action(args_schema={"$ref": "https://elsewhere.example/x"}),
        "/proposed_actions/0/args_schema", "nothing checks them",
    ),
    (
        action(response_schema={"type": "colour"}),
        "/proposed_actions/0/response_schema", "words of their own",
    ),
    (action(editable_args=["amount", "amuont"]), "/proposed_actions/0/editable_args/1", "amuont"),
    *(
        (
            action(args={"lines": LINES, "note": "x"}, editable_args=["/lines/0/qty", pointer]),
            "/proposed_actions/0/editable_args/1", "no argument of this call",
        )
        for pointer in (
            "/lines/*/qty", "/lines/-/qty", "/lines/2/qty", "/lines/0/qyt", "/note/text", "/lnies",
            "/lines/qty", "/lines/01x/qty",
        )
    ),
    (claim("/context/customer", "/context/nowhere"),
     "/proposed_actions/0/claims/0/evidence/1", "leads nowhere"),
    (claim("the photo"), "/proposed_actions/0/claims/0/evidence/0", "leads nowhere"),
    ({"callback": {"events": ["decided", "escalation.done"]}}, "/callback/events/1", "There are "),
    ({"deadlines": {"on_timeout": "reject"}}, "/deadlines/on_timeout", "Nothing acts on it"),
    ({"deadlines": {"respond_by": at(days=-9)}}, "/deadlines/respond_by", "an answer sooner"),
    ({"deadlines": {"respond_by": at(hours=1)}}, "/deadlines/respond_by", "is late"),
    ({"deadlines": {"expires_at": at(hours=1)}}, "/deadlines/expires_at", "in the past"),
    ({"requested": {"callback_at": at(hours=1)}}, "/requested/callback_at", "in the past"),
    ({"deadlines": {"escalate_at": at(hours=1)}}, "/deadlines/escalate_at", "as it comes"),
    (
        {"deadlines": {"escalate_at": at(hours=-1), "expires_at": at(hours=-2)}},
        "/deadlines/expires_at", "does not expire",
    ),
    (
        {"deadlines": {"escalate_at": at(hours=-2), "expires_at": at(hours=-1)}},
        "/deadlines/escalate_at", "Nothing happens then",
    ),
    (action(expires_at=at(hours=1)), "/proposed_actions/0/expires_at", "only turn"),
]  # fmt: skip
SOMETHING = [
    {},
    {"task_type": "exchange"},
    {"requested": {"skills": ["refunds"], "assignee": "dana"}},
    {"proposed_actions": [ACTION, ACTION | {"id": "a2", "depends_on": ["a1"]}]},
    action(args={"lines": LINES}, editable_args=["lines", "/lines", "/lines/1", "/lines/0/qty"]),
    action(args_schema=SCHEMA, editable_args=["amount", "/note/text", "order_id", "note.x"]),
    claim("/context/customer", "/summary", ""),
    *(zone(name) for name in ("Europe/Lisbon", "UTC", "Asia/Kolkata")),
    {"callback": {"events": ["decided", "escalation.expired"]}},
    {"deadlines": {"expires_at": at(hours=-1), "on_timeout": "reject"}},
    {"deadlines": {"escalate_at": at(hours=-1)}},
    {"deadlines": dict.fromkeys(("escalate_at", "expires_at"), at(hours=-1))},
    {"requested": {"callback_at": at(hours=-1)}},
    {"requested": {"options": ["red", "blue"]}, "proposed_actions": [ASK]},
    {
        "requested": {"options": ["red", "blue"]},
        "proposed_actions": [WHICH | {"response_schema": {"enum": ["red", "blue", "green"]}}],
    },
]


@pytest.mark.parametrize(("package", "pointer", "said"), NOTHING)
def test_what_names_nothing_is_named_by_check_and_by_post(mira, package, pointer, said):
    pointers, sentence = told(mira, package)
    assert pointers == [pointer]
    assert said in sentence


def test_what_stays_in_clear_is_named_before_fields_that_nobody_reads(mira):
    pointers, _ = told(mira, {f"k{n}": 1 for n in range(110)} | {"redactions": ["/x/y"]})
    assert (pointers[0], pointers[-1]) == ("/redactions/0", "")


def test_an_answer_wanted_sooner_works(mira):
    """Asked for when it runs: minutes after it was collected the time would be past."""
    assert told(mira, {"deadlines": {"respond_by": at(minutes=-5)}}) == ([], "")


@pytest.mark.parametrize("package", SOMETHING)
def test_what_works_is_not_named(mira, package):
    assert told(mira, package) == ([], "")


def test_a_case_goes_up_at_the_time_that_its_agent_named(mira):
    made = mira.post("/escalations", REFUND | {"deadlines": {"escalate_at": at(hours=-1)}}).json()
    case = Escalation.objects.get(id=made["id"])
    assert lifecycle.expire(case, now=clock.now() + timedelta(minutes=59)) is False
    assert lifecycle.expire(case, now=clock.now() + timedelta(minutes=61)) is True
    case.refresh_from_db()
    assert (case.level, case.state, case.expires_at) == (made["level"] + 1, "waiting", None)


def test_a_replay_is_warned_of_what_the_first_call_was(mira):
    package = REFUND | {"idempotency_key": "the-same-key", "requested": {"skills": ["x"]}}
    first, again = (mira.post("/escalations", package) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["warnings"] == again.json()["warnings"]


def test_another_branch_of_the_same_work_is_not_taken_for_it(mira):
    publish(**{"retail/exchange": {"level": 2}})
    _, sentence = told(mira, {"task_type": "retail/return"})
    assert sentence == no_effect.UNKNOWN_WORK.format("retail/return", "")


def test_a_policy_that_names_no_work_knows_none_by_another_name():
    agent = Caller("atlas")
    assert told(agent, {"task_type": "anything"}) == ([], "")


def test_a_dependency_on_what_is_not_there_is_not_cleared_alone(mira):
    publish(refund={"level": 1, "act_despite": ["high_risk_action"]})
    sure = {"context": {"reasoning": {"confidence": 0.99}}}
    alone = mira.post("/escalations", REFUND | sure | action(args={})).json()
    held = mira.post("/escalations", REFUND | sure | action(args={}, depends_on=["a9"])).json()
    assert (alone["level"], held["level"]) == (1, 2)
    assert "“refund” waits for “a9”, which is not there." in [
        one["sentence"] for one in held["reasons"]
    ]


@pytest.mark.parametrize(
    ("waits", "pointers"),
    [
        ({"a": ["a"]}, ["/proposed_actions/0/depends_on/0"]),
        ({"a": ["c", "b"], "b": ["a"], "c": []},
         ["/proposed_actions/0/depends_on/1", "/proposed_actions/1/depends_on/0"]),
        # What only waits for a circle is not in it.
        ({"a": ["b"], "b": ["c"], "c": ["b"]},
         ["/proposed_actions/1/depends_on/0", "/proposed_actions/2/depends_on/0"]),
        ({"a": ["b", "c"], "b": ["c"], "c": []}, []),
    ],
)  # fmt: skip
def test_a_circle_is_refused_by_every_action_in_it(mira, waits, pointers):
    actions = [ACTION | {"id": name, "depends_on": on} for name, on in waits.items()]
    for path in ("/check", "/escalations"):
        answer = mira.post(path, REFUND | {"proposed_actions": copy.deepcopy(actions)})
        assert [one["pointer"] for one in answer.json().get("errors", [])] == pointers
    assert Escalation.objects.count() == (0 if pointers else 1)


def test_there_is_an_end_to_trials_of_schemas(mira):
    below = {"allOf": [{"$ref": "#/b"}] * 60}
    slow = {"allOf": [{"$ref": "#/a"}] * 60, "a": below, "b": {"type": "object"}}
    actions = [ACTION | {"id": f"a{n}", "args_schema": slow} for n in range(100)]
    began = clock.now()
    assert len(list(dangling.warnings({"proposed_actions": actions}))) <= dangling.TRIED_MAX
    assert clock.now() - began < timedelta(seconds=20)


def filled(node, path, said):
    """A value for this node of the published schema, with every field there is; each text that may
    be anything is a word of its own, kept in `said` by its pointer."""
    node = next((one for one in node.get("anyOf", ()) if one.get("type") != "null"), node)
    if "$ref" in node:
        return filled(every_package.SCHEMA["$defs"][node["$ref"].rpartition("/")[2]], path, said)
    if "enum" in node or "const" in node:
        return node.get("const", node.get("enum", [None])[-1])
    if node.get("properties"):
        return {k: filled(one, f"{path}/{k}", said) for k, one in node["properties"].items()}
    if node.get("type") == "array":
        return [filled(node["items"], f"{path}/0", said)]
    if "pattern" in node:
        return every_package.PATTERNS[node["pattern"]][-1]
    if "format" in node:
        return every_package.FORMATS[node["format"]][-1]
    if node.get("type") in {"boolean", "integer", "number"}:
        return {"boolean": True}.get(node["type"], node.get("minimum", 1))
    said[path] = f"word{len(said):04}word"
    return said[path] if node.get("type") == "string" else {"x": said[path]}


def fullest(mira):
    """The answer to a package with a word of its own in every field, those words by their places,
    and the places that the answer warns of."""
    said = {}
    package = filled(every_package.SCHEMA, "", said)
    for name in ("supersedes", "re_escalates", "callback", "redactions"):
        del package[name]
        said = {at: word for at, word in said.items() if not at.startswith(f"/{name}")}
    package["source"]["agent"]["id"] = "mira"
    made = mira.post("/escalations", package)
    assert made.status_code == 201, made.content
    return made.json(), said, [one["pointer"] for one in made.json()["warnings"]]


def test_of_the_fullest_package_every_word_is_shown_or_named(mira):
    made, said, warned = fullest(mira)
    client = Client()
    client.force_login(person("ada", "admin"))
    pages = [f"/escalations/{made['id']}/{page}" for page in ("", "raw/")]
    shown = "".join(client.get(page).content.decode() for page in pages)
    lost = [at for at, word in said.items() if word not in shown and at not in warned]
    assert lost == ["/source/agent/id"]
    assert "/requested/queue" in warned


# What works without being drawn on the page of the case.
ANSWER, JUDGED, KNOWN = "the answer repeats it", "a rule may read it", "cases are found by it"
OFFERED = "offered to whoever may decide"
WORKS_OTHERWISE = {
    "/source/agent/id": "whose key it is", "/source/run/resume_token": ANSWER,
    "/idempotency_key": ANSWER, "/correlation_id": KNOWN, "/tenant": KNOWN, "/customer_ref": KNOWN,
    "/flags/0/code": JUDGED, "/links/0/rel": "shown where there is no label",
    "/context/conversation/messages/0/tool_call": "its name is shown, and its arguments judged",
    "/context/process/completed/0/status": "a step that failed is shown as such",
    "/context/process/pending/0/status": JUDGED, "/proposed_actions/0/id": ANSWER,
    "/proposed_actions/0/metadata": JUDGED, "/proposed_actions/0/args_schema": "the edit form",
    "/proposed_actions/0/response_schema": "the form of the answer",
    "/proposed_actions/0/switchable_to/0": "the edit form",
    "/proposed_actions/0/compensation/name": "the document of a reversal",
    "/proposed_actions/0/compensation/args": "the document of a reversal",
    "/requested/options/0/id": ANSWER, "/requested/options/0/label": OFFERED,
    "/requested/options/0/effect": OFFERED,
}  # fmt: skip


def test_of_the_fullest_package_every_word_works_or_is_named(mira):
    """The raw package shows all there is, and makes nothing of it."""
    made, said, warned = fullest(mira)
    client = Client()
    client.force_login(person("ada", "admin"))
    shown = client.get(f"/escalations/{made['id']}/").content.decode()
    told = {at for at in said if any(at == one or at.startswith(f"{one}/") for one in warned)}
    assert {at for at in said if said[at] not in shown} - told == {*WORKS_OTHERWISE}


LONG = "9" * 5_000
HOSTILE = [
    action(claims=[{"text": "x", "evidence": [f"/proposed_actions/{LONG}", "/flags/²", "~"]}]),
    action(args={LONG: {LONG: 1}, "items": [{"²": 1}]}, editable_args=["/", "", "~", "."]),
    {"context": {"customer": {"attributes": {LONG: "x"}}}}
    | claim(f"/context/customer/attributes/{LONG}"),
    action(args_schema={"allOf": [True]}, editable_args=["x"]),
    action(args_schema={"allOf": [7]}, editable_args=["x"]),
    action(args_schema={"properties": [1]}, editable_args=["x"]),
    action(args_schema={"$ref": "#/a", "a": {"allOf": [7]}}, editable_args=["x"]),
    action(args_schema={"$ref": "#/a", "a": {"allOf": 5, "properties": 3}}, editable_args=["x"]),
    action(args_schema={"$ref": "#/a", "a": {"$ref": "#/a"}}, editable_args=["x"]),
    action(args_schema={"anyOf": [{"type": "null"}, True]}, editable_args=["x"]),
]


@pytest.mark.parametrize("package", HOSTILE)
def test_what_can_hardly_be_meant_is_taken_and_drawn_all_the_same(mira, package):
    checked, made = (mira.post(path, REFUND | package) for path in ("/check", "/escalations"))
    assert (checked.status_code, made.status_code) == (200, 201)
    client = Client()
    client.force_login(person("ada", "admin"))
    for page in ("", "?panel=edit", "raw/"):
        assert client.get(f"/escalations/{made.json()['id']}/{page}").status_code == 200
