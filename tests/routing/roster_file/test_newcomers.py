"""People, skills, names and time off that a file brings: told first, and added whole or not at all."""

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection

from console.models import User
from console.people import managing
from escalations.refusals import Conflict
from routing.models import Duty, Shift, Skill, Team, TimeOff
from routing.people import roster, units
from routing.roster_file import roster_plan
from tests.factories import NOW, PASSWORD, person
from tests.routing.lines import lines
from tests.routing.roster_file.test_roster_plan import BY, WEEK, carry_out, told

pytestmark = pytest.mark.django_db
TEXT = (
    f"username,name,role,team,units,time_zone,{WEEK},time_off,trade: refunds,language: French\n"
    "zoe,Zoë de la Cruz,supervisor,Service,3,Europe/Paris,09:00-17:00,,,,,,,2026-12-24,2,\n"
    "kofi,,,,5,UTC,,,,,,,,,,4\n"
)


def faults(text, *, for_admin=True):
    return [str(one) for one in roster_plan.plan(text, for_admin=for_admin).faults]


@pytest.fixture
def service():
    person("ana", skills={"refunds": 1})
    return Team.objects.create(name="Service")


def test_people_and_skills_are_told_and_then_there(service):
    assert told(TEXT, for_admin=True) == [
        ": new skill French (language)",
        "zoe: is added as a new supervisor called Zoë de la Cruz",
        "zoe: time zone Europe/Paris instead of UTC",
        "zoe: 3 units instead of 5",
        "zoe: Monday 09:00-17:00",
        "zoe: refunds 2 instead of 0",
        "zoe: off 2026-12-24",
        "kofi: is added as a new reviewer",
        "kofi: team none instead of Service",
        "kofi: French 4 instead of 0",
    ]
    assert (User.objects.count(), Skill.objects.count(), lines()) == (1, 1, [])

    done = carry_out(TEXT, for_admin=True)

    zoe, kofi = (User.objects.get(username=name) for name in ("zoe", "kofi"))
    assert done.count == 10
    assert [(one.username, one.check_password(word)) for one, word in done.passwords] == [
        ("zoe", True), ("kofi", True)
    ]  # fmt: skip
    assert (zoe.name, zoe.role, kofi.name, kofi.role) == (
        "Zoë de la Cruz", "supervisor", "kofi", "reviewer"
    )  # fmt: skip
    assert (roster.skills_of(zoe.pk), roster.skills_of(kofi.pk)) == ({"refunds": 2}, {"French": 4})
    assert (units.load(zoe.pk)[1], units.load(kofi.pk)[1]) == (3, 5)
    assert Duty.objects.get(person=zoe).time_zone == "Europe/Paris"
    assert Duty.objects.get(person=kofi).team is None
    assert Shift.objects.filter(person=zoe).count() == 1
    assert TimeOff.objects.get(person=zoe).starts_at.isoformat() == "2026-12-23T23:00:00+00:00"
    assert told(TEXT, for_admin=True) == []


def test_whoever_is_no_admin_adds_nobody_and_renames_nobody(service):
    assert faults("username,name\nzoe,Zoe\nana,Anna", for_admin=False) == [
        "Line 2, username: Nobody who can be given work is called zoe; an admin adds people.",
        "Line 3, name: ana is called Ana Whitlock; an admin changes names.",
    ]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("z oe,,,,", "Line 2, username: Use letters, digits and @ . + - _ only."),
        ("zoe,auditor,,,", "Line 2, role: “auditor” is none of reviewer, supervisor and admin."),
        ("otto,,,,", "Line 2, username: otto is there, but is given no work: an auditor, or a closed account."),
        ("zoe,,Homes,,", "Line 2, team: There is no team called Homes."),
        ("ana,admin,,,", "Line 2, role: ana is a reviewer; an admin changes that on the page People."),
        ("ana,,,2026-12-25,", "Line 2, time_off: “2026-12-25”: they are off for a part of it already."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_by_its_line(service, line, fault):
    person("otto", "auditor")
    carry_out("username,time_off\nana,2026-12-24 to 2026-12-26")
    before = len(lines())
    assert faults(f"username,role,team,time_off,name\n{line}") == [fault]
    assert len(lines()) == before


def test_names_change_and_time_off_is_added_once(service):
    text = "username,name,time_off\nana,Ana María Whitlock,2026-12-24 to 2026-12-26"
    assert told(text, for_admin=True) == [
        "ana: is called Ana María Whitlock instead of Ana Whitlock",
        "ana: off 2026-12-24 to 2026-12-26",
    ]
    carry_out(text, for_admin=True)
    assert told(text, for_admin=True) == []
    assert told("username,time_off\nana,", for_admin=True) == []
    assert TimeOff.objects.count() == 1


def test_one_who_cannot_be_added_takes_all_back(service, monkeypatch):
    digest = roster_plan.plan(TEXT, for_admin=True).digest
    # Somebody adds one of them on another page meanwhile.
    person("kofi")
    with pytest.raises(Conflict):
        roster_plan.carry_out(TEXT, digest, for_admin=True, by=None, now=None)
    assert not User.objects.filter(username="zoe").exists()
    assert not Skill.objects.filter(name="French").exists()


def test_passwords_are_shown_once_on_the_page(client, service):
    person("nadia", "admin")
    client.login(username="nadia", password=PASSWORD)
    shown = client.post("/skills/import/", {"text": TEXT})
    digest = shown.context["plan"].digest
    done = client.post("/skills/import/", {"text": TEXT, "digest": digest})
    word = done.context["passwords"][0][1]
    assert word in done.content.decode()
    assert done.headers["Cache-Control"] == "no-store"
    assert client.login(username="zoe", password=word)
    client.login(username="nadia", password=PASSWORD)
    again = client.post("/skills/import/", {"text": TEXT, "digest": digest})
    assert again.status_code == 409
    assert word not in again.content.decode()


class Slow(PBKDF2PasswordHasher):
    """Says whether a transaction was open while a password was made into its hash in many rounds,
    which takes a third of a second."""

    asked = []

    def encode(self, password, salt, iterations=None):
        if iterations is None:
            self.asked.append(connection.in_atomic_block)
        return super().encode(password, salt, iterations or 2_000)


@pytest.mark.django_db(transaction=True)
def test_however_many_are_new_nobody_waits_for_their_passwords(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.Slow"]
    Slow.asked.clear()
    rows = "".join(f"p{number:02},2,3\n" for number in range(20))
    carry_out(f"username,trade: refunds,trade: payments\n{rows}", for_admin=True)
    made, _ = managing.create("ada", role="reviewer", by=BY, now=NOW)
    managing.give_new_password(made, by=BY, now=NOW)
    assert Slow.asked == []
    managing.create("ben", role="reviewer", password="quite a long one", by=BY, now=NOW)
    assert Slow.asked == [False]
    # One line for the skills of a person, however many they are.
    assert [kind for kind, _ in lines()].count("graded") == 20


def test_a_made_password_is_stored_like_others_once_it_was_used(client, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    made, word = managing.create("ada", role="reviewer", by=BY, now=NOW)
    usual = PBKDF2PasswordHasher()
    assert usual.decode(made.password)["iterations"] < usual.iterations
    assert not client.login(username="ada", password=word.upper())
    assert client.login(username="ada", password=word)
    made.refresh_from_db()
    assert usual.decode(made.password)["iterations"] == usual.iterations
    assert client.get("/inbox/").status_code == 200
    assert len(managing.PASSWORD_LETTERS) ** (managing.PASSWORD_GROUPS * managing.GROUP) > 2**100


def test_everything_that_is_wrong_is_named_at_once(service):
    text = (
        "username,nmae,units,team,monday,trade: refunds\n"
        "ana,Ana,0,Homes,,9\n"
        f"{'z ' * 80},,3,Service,,1\n"
        "ana,,1,,,2\n"
    )
    assert faults(text) == [
        "Line 1, nmae: There is no such column. Did you mean name?",
        (
            "Line 1, monday: A week has seven days; tuesday, wednesday, thursday, friday, "
            "saturday, sunday are missing."
        ),
        "Line 2, trade: refunds: “9” is not a number from 0 to 5.",
        "Line 2, team: There is no team called Homes.",
        "Line 2, units: Choose a number from 1 to 50.",
        "Line 3, username: Use letters, digits and @ . + - _ only.",
        "Line 3, username: Use at most 150 characters.",
        "Line 4, username: ana stands on line 2 already.",
    ]
