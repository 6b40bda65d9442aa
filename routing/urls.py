from console.pages.rights import routes
from routing.views import floor, notices, offers, presence, roster_csv, skills, staff, transfers
from routing.views import next as taking

app_name = "routing"
urlpatterns = routes(
    app_name,
    {
        "presence": presence.own,
        "presence-other": presence.of_other,
        "offers": offers.show,
        "next": taking.next_case,
        "floor": floor.show,
        "floor-reassign": floor.reassign,
        "floor-spread": floor.spread,
        "floor-member": floor.member,
        "floor-capacity": floor.capacity,
        "notices": notices.show,
        "notices-seen": notices.see_all,
        "notice": notices.see,
        "handovers": transfers.asked,
        "pass-on-whom": transfers.people,
        "readers": transfers.readers,
        "follow": transfers.follow,
        "skills": skills.show,
        "skills-grade": skills.grade,
        "skills-export": roster_csv.export,
        "skills-import": roster_csv.load,
        "skills-add": skills.add,
        "skills-remove": skills.remove,
        "team-add": skills.team_add,
        "team-change": skills.team_change,
        "staff": staff.show,
        "staff-skills": staff.grade,
        "staff-duty": staff.duty,
        "staff-load": staff.load,
        "staff-week": staff.week,
        "staff-off": staff.off,
    },
)
