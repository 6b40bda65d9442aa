import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from escalations.policy import versions
from tests.escalations.policy.test_versions import NOW, admin, refunds
from tests.factories import person

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("policy", *arguments, stdout=out)
    return out.getvalue().strip()


def written(path: Path, **task_types: dict) -> str:
    path.write_text(json.dumps({"schema": "handoff.policy/1", "task_types": task_types}))
    return str(path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "policy.json"


def test_export_then_import_changes_nothing(file):
    run("export", "--output", str(file))
    assert (
        json.loads(file.read_text())
        == json.loads(run("export"))
        == versions.current().document.dump()
    )
    with pytest.raises(CommandError, match="Nothing differs from version 1"):
        run("import", str(file))


def test_hours_and_routing_go_through_the_file(file):
    hours = {"Shop": {"time_zone": "Europe/Paris", "week": {"mon": ["09:00-17:00"]}}}
    stated = versions.current().document.dump() | {"hours": hours, "routing": {"offer_s": 45}}
    stated["task_types"]["refund"] = {"title": "Refunds", "hours": "Gone"}
    file.write_text(json.dumps(stated))
    with pytest.raises(CommandError, match="/task_types/refund/hours: There are no opening hours"):
        run("import", str(file))
    stated["task_types"]["refund"]["hours"] = "Shop"
    file.write_text(json.dumps(stated))
    run("import", str(file))
    assert json.loads(run("export")) == versions.current().document.dump() == stated
    assert run("diff", "1", "2").splitlines()[-2:] == [
        "Opening hours Shop: new, Mon 09:00–17:00 (Europe/Paris)",
        "Routing: an offer stands for 30 s → 45 s",
    ]
    run("rollback", "1")
    assert versions.current().document.hours == {}


def test_check_names_every_fault(file):
    written(file, refund={"level": 9, "acts_at": 1})
    with pytest.raises(CommandError) as refused:
        run("check", str(file))
    assert str(refused.value).splitlines() == [
        "The policy has 2 faults.",
        "/task_types/refund/level: Use at most 4.",
        "/task_types/refund/acts_at: No such key here. Did you mean act_at?",
    ]
    assert versions.current().number == 1


def test_check_answers_in_json(file, capsys):
    assert json.loads(run("check", written(file, refund={}), "--json")) == {"valid": True}
    written(file, refund={"level": 9})
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("policy", "check", str(file), "--json", stdout=out)
    assert ended.value.code == 1
    assert json.loads(out.getvalue()) == {
        "detail": "The policy has 1 fault.",
        "errors": [{"pointer": "/task_types/refund/level", "detail": "Use at most 4."}],
    }


def test_check_refuses_a_file_that_is_not_there():
    with pytest.raises(CommandError, match="cannot be read"):
        run("check", "/nowhere/policy.json")


def test_import_publishes_and_says_what_changed(file):
    versions.current()
    ruth = admin("ruth", "Ruth")
    versions.publish(refunds(2), by=ruth, now=NOW, expected=1)
    written(file, refund={"title": "Refunds", "level": 1})
    assert run("import", str(file), "--by", "ruth", "--note", "Evidence").splitlines() == [
        "Version 3 is in force.",
        "Refunds: level 2 → 1",
    ]
    newest = versions.history(count=1)[0]
    assert (newest.by.name, newest.version.note) == ("Ruth", "Evidence")


def test_import_without_a_name_is_told_so_in_the_history(file):
    run("import", written(file, refund={}))
    assert versions.history(count=1)[0].by.name == "manage.py policy"


def test_import_refuses_when_another_version_is_in_force(file):
    run("import", written(file, refund={}))
    with pytest.raises(CommandError, match="published version 2"):
        run("import", written(file, refund={"level": 3}), "--expected", "1")


def test_import_by_somebody_who_is_no_admin(file):
    with pytest.raises(CommandError, match="leo is not an admin"):
        run("import", written(file, refund={}), "--by", "leo")


def test_diff(file):
    ruth = admin("ruth")
    versions.current()
    versions.publish(refunds(2), by=ruth, now=NOW, expected=1)
    versions.publish(refunds(3), by=ruth, now=NOW, expected=2)
    written(file, refund={"title": "Refunds", "level": 1})
    assert run("diff", "2", "3") == "Refunds: level 2 → 3"
    assert run("diff", "2") == "Refunds: level 2 → 3"
    assert run("diff", str(file)) == "Refunds: level 3 → 1"
    assert run("diff", "3", str(file)) == "Refunds: level 3 → 1"
    assert run("diff", "3", "3") == "No difference."
    assert json.loads(run("diff", "2", "3", "--json")) == {"changes": ["Refunds: level 2 → 3"]}
    with pytest.raises(CommandError, match="There is no version 9"):
        run("diff", "9")


def test_rollback(file):
    ruth = admin("ruth")
    versions.current()
    versions.publish(refunds(2), by=ruth, now=NOW, expected=1)
    assert run("rollback", "1") == "Version 3 is in force: it says what version 1 said."
    assert versions.current().document.dump() == versions.document(versions.version(1)).dump()


@pytest.mark.parametrize("action", ["check", "import"])
def test_what_nobody_can_do_is_refused_until_it_is_meant(file, action):
    person("dana", skills={"refunds": 3})
    written(file, refund={"skills": {"french": 1}})
    with pytest.raises(CommandError) as refused:
        run(action, str(file))
    assert str(refused.value).splitlines() == [
        "It asks for something that the people there are now cannot do.",
        "/task_types/refund/skills: Nobody has the skill french.",
    ]
    assert versions.current().number == 1
    assert "valid" in run("check", str(file), "--allow-unstaffed")
    run("import", str(file), "--allow-unstaffed")
    # From now on it is so already.
    told = run("check", written(file, refund={"skills": {"french": 1}}, other={}))
    assert "/task_types/refund/skills: Nobody has the skill french." in told
