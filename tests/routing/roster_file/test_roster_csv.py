"""The roster as a file: what goes out, and what is understood."""

import pytest

from routing.attendance.weeks import Day
from routing.models import Duty, Shift, Team, WorkLimit
from routing.people import skills
from routing.roster_file import roster_csv
from routing.roster_file.roster_csv import FileFault, RosterLine
from tests.factories import person

pytestmark = pytest.mark.django_db
WEEK = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
FREE = "," * 6


@pytest.fixture
def ana():
    made = person("ana", skills={"refunds": 3})
    Duty.objects.create(
        person=made, team=Team.objects.create(name="Service"), time_zone="Europe/Berlin"
    )
    Shift.objects.create(person=made, weekday=0, starts="09:00", ends="17:00")
    Shift.objects.create(person=made, weekday=0, starts="12:00", ends="12:30", kind="break")
    WorkLimit.objects.create(person=made, task_type="refund", units=2)
    return made


def test_everything_of_a_person_stands_on_one_line(ana):
    heading, line = roster_csv.export().splitlines()
    assert heading == f"username,name,team,units,time_zone,limits,{WEEK},trade: refunds"
    assert line == (
        "ana,Ana Whitlock,Service,5,Europe/Berlin,refund 2,09:00-17:00 break 12:00-12:30,,,,,,,3"
    )


def test_what_goes_out_is_understood(ana):
    days = [Day(0, "09:00-17:00", "12:00-12:30"), *(Day(number) for number in range(1, 7))]
    wanted = RosterLine(
        2, "ana", "Service", 5, "Europe/Berlin", {"refund": 2}, days, {"refunds": 3},
        "Ana Whitlock",
    )  # fmt: skip
    assert roster_csv.read(roster_csv.export()) == roster_csv.ReadFile([wanted], [])


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@sum", "'quoted", "\tTab"])
def test_a_name_is_never_a_formula(ana, name):
    Team.objects.update(name=name)
    ana.first_name = '=HYPERLINK("x")'
    ana.save()
    text = roster_csv.export()
    assert f",'{name}," in text
    assert "'=HYPERLINK" in text
    assert [
        cell for cell in text.split(",") if cell.lstrip('"').startswith(("=", "+", "-", "@"))
    ] == []
    assert roster_csv.read(text).lines[0].team == name.strip()


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", [FileFault(1, "username", "This column is missing; it says whom a line is about.")]),
        ("username,foo", [FileFault(1, "foo", "There is no such column.")]),
        ("username,trade: foo:x", [FileFault(1, "trade: foo:x",
            "Use at most 64 letters, without commas, colons or plus signs.")]),
        ("username,language: Refunds",
         [FileFault(1, "language: Refunds", "There is already a skill called refunds.")]),
        ("username,trade: foo,language: foo",
         [FileFault(1, "language: foo", "There is already a skill called foo.")]),
        ("username,time_off\nana,Christmas", [FileFault(2, "time_off",
            "“Christmas” is not a span; write it as 2026-12-24 to 2026-12-31.")]),
        ("username,time_off\nana,2026-02-30", [FileFault(2, "time_off",
            "“2026-02-30” is not a span; write it as 2026-12-24 to 2026-12-31.")]),
        ("username,time_off\nana,2026-12-24 12:00 to 2026-12-24", [FileFault(2, "time_off",
            "“2026-12-24 12:00 to 2026-12-24” is not a span; write it as 2026-12-24 to 2026-12-31.")]),
        ("username,time_off\nana,2026-12-24 to 2026-12-23", [FileFault(2, "time_off",
            "“2026-12-24 to 2026-12-23”: this is not after the beginning.")]),
        ("username,time_off\nana,2026-12-24 to 2026-12-26; 2026-12-26",
         [FileFault(2, "time_off", "“2026-12-26” overlaps another span of this line.")]),
        ("username,team,team", [FileFault(1, "team", "This column is there twice.")]),
        ("username,monday", [FileFault(1, "monday", "A week has seven days; tuesday, wednesday, thursday, "
                                   "friday, saturday, sunday are missing.")]),
        ('username,team\nana,"x', [FileFault(2, "", "This is not a CSV file: unexpected end of data.")]),
        ("username,units\nana,five", [FileFault(2, "units", "“five” is not a number.")]),
        ("username,units\n\nana,", [FileFault(3, "units", "“” is not a number.")]),
        ("username,units\n,3", [FileFault(2, "username", "Say whom this line is about.")]),
        ("username\nana,3", [FileFault(2, "", "There are more cells than columns.")]),
        ("username,units,trade: refunds\nana,3", [FileFault(2, "",
            "It is cut short: 2 cells for 3 columns, nothing up to “trade: refunds”. "
            "Write empty cells too, or leave the line out.")]),
        ("username,team,units,trade: refunds\n\nana\nkofi,,many,0", [FileFault(3, "",
            "It is cut short: 1 cell for 4 columns, nothing up to “trade: refunds”. "
            "Write empty cells too, or leave the line out."),
            FileFault(4, "units", "“many” is not a number.")]),
        ("username,trade: refunds\nana,6",
         [FileFault(2, "trade: refunds", "“6” is not a number from 0 to 5.")]),
        ("username,limits\nana,refund two",
         [FileFault(2, "limits", "“refund two” is not a limit; write it as refund 2; exchange 1.")]),
        ("username,limits\nana,refund 2; refund 3", [FileFault(2, "limits", "refund is there twice.")]),
        (f"username,{WEEK}\nana,9-17{FREE}",
         [FileFault(2, "monday", "“9-17” is not a span of time; write it as 09:00-17:00.")]),
        (f"username,{WEEK}\nana,,09:00-17:00 break 18:00-19:00{FREE[1:]}",
         [FileFault(2, "tuesday", "The break Tuesday 18:00-19:00 is in no shift. "
                              "After midnight it belongs to the next day.")]),
    ],
)  # fmt: skip
def test_faults_are_named_by_line_and_column(ana, text, faults):
    assert roster_csv.read(text).faults == faults


def test_a_line_is_counted_as_an_editor_shows_it(ana):
    found = roster_csv.read('username,team,units\nana,"Front\ndesk",3\n\nkofi,Desk,many\n')
    assert found.lines[0].line == 2
    assert found.faults == [FileFault(5, "units", "“many” is not a number.")]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_what_other_spreadsheets_save_is_read_too(ana, delimiter):
    text = delimiter.join(["username", "units"]) + "\r\n" + delimiter.join(["ana", "3"])
    assert roster_csv.read(text).lines == [RosterLine(2, "ana", units=3)]


def test_columns_left_out_say_nothing_and_order_does_not_matter(ana):
    (line,) = roster_csv.read("\ufefftrade: refunds,username\r\n,ana\r\n").lines
    assert line == RosterLine(2, "ana", grades={"refunds": 0})


def test_a_language_has_a_column_of_its_own(ana):
    from escalations.record.lines import Actor
    from tests.factories import NOW

    skills.add("French", "language", by=Actor("person", "priya"), now=NOW)
    assert roster_csv.export().splitlines()[0].endswith(",trade: refunds,language: French")


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_people(count, django_assert_num_queries):
    for number in range(count):
        person(f"p{number}", skills={"refunds": 1})
    roster_csv.export()
    with django_assert_num_queries(8):
        roster_csv.export()


def test_time_off_is_days_or_times_on_the_clock(ana):
    text = "username,time_off\nana,2026-12-24 to 2026-12-31; 2027-01-05 12:00 to 2027-01-05 17:00"
    (line,) = roster_csv.read(text).lines
    assert [(one.starts.isoformat(), one.ends.isoformat()) for one in line.off] == [
        ("2026-12-24T00:00:00", "2027-01-01T00:00:00"),
        ("2027-01-05T12:00:00", "2027-01-05T17:00:00"),
    ]
