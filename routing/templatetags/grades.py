"""The cells of the grid of proficiencies: made here, as a template takes seconds for 20,000."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from routing.people.roster import GradeCell, RosterRow

register = template.Library()


@register.simple_tag
def grade_cells(row: RosterRow, edits: bool) -> SafeString:
    """Each cell of a person's row, a few bytes long: the row and the column say whose it is and
    what. What a button sends is what a click makes of it, `person:grade:skill`."""
    if edits:
        button = '<td><button class="prof" name="cell" value="{}:{}:{}" data-v="{}">{}</button>'
        return format_html_join("", button, (_sent(row, cell) for cell in row.cells))
    else:
        return format_html_join("", "{}", ((_shown(cell),) for cell in row.cells))


def _sent(row: RosterRow, cell: GradeCell) -> tuple[object, ...]:
    return row.person.pk, cell.next, cell.skill, cell.grade, cell.grade or "–"


def _shown(cell: GradeCell) -> SafeString:
    return format_html(
        '<td><span class="prof" data-v="{}"><span class="sr">{}</span>'
        '<b aria-hidden="true">{}</b></span>',
        cell.grade,
        cell.label,
        cell.grade or "–",
    )
