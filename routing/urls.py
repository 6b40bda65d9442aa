from django.urls import URLPattern, URLResolver, path

from routing.views import floor, notices, offers, presence, roster_csv, skills, staff, transfers
from routing.views import next as taking

app_name = "routing"
urlpatterns: list[URLPattern | URLResolver] = [
    path("presence/", presence.own, name="presence"),
    path("presence/<str:username>/", presence.of_other, name="presence-other"),
    path("offers/", offers.show, name="offers"),
    path("next/", taking.next_case, name="next"),
    path("floor/", floor.show, name="floor"),
    path("floor/reassign/", floor.reassign, name="floor-reassign"),
    path("floor/people/<int:person>/", floor.member, name="floor-member"),
    path("floor/people/<int:person>/capacity/", floor.capacity, name="floor-capacity"),
    path("notices/", notices.show, name="notices"),
    path("notices/seen/", notices.see_all, name="notices-seen"),
    path("notices/<int:number>/", notices.see, name="notice"),
    path("handovers/", transfers.asked, name="handovers"),
    path("escalations/<str:escalation_id>/pass_on/people/", transfers.people, name="pass-on-whom"),
    path("escalations/<str:escalation_id>/follow/", transfers.follow, name="follow"),
    path("skills/", skills.show, name="skills"),
    path("skills/grade/", skills.grade, name="skills-grade"),
    path("skills/export.csv", roster_csv.export, name="skills-export"),
    path("skills/import/", roster_csv.load, name="skills-import"),
    path("skills/add/", skills.add, name="skills-add"),
    path("skills/remove/", skills.remove, name="skills-remove"),
    path("skills/teams/add/", skills.team_add, name="team-add"),
    path("skills/teams/<int:team>/", skills.team_change, name="team-change"),
    path("skills/people/<int:person>/", staff.show, name="staff"),
    path("skills/people/<int:person>/skills/", staff.grade, name="staff-skills"),
    path("skills/people/<int:person>/duty/", staff.duty, name="staff-duty"),
    path("skills/people/<int:person>/load/", staff.load, name="staff-load"),
    path("skills/people/<int:person>/week/", staff.week, name="staff-week"),
    path("skills/people/<int:person>/off/", staff.off, name="staff-off"),
]
