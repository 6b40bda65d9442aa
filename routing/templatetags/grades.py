"""The cells of the grid of proficiencies: made here, as a template takes seconds for 20,000."""

from functools import lru_cache

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from routing.people.roster import GradeCell, RosterRow

register = template.Library()


@register.simple_tag
def grade_cells(row: RosterRow, edits: bool) -> SafeString:
    """Each cell of a person's row, a few bytes long: the row and the column say whose it is and
    what. What a button sends is what a click makes of it, `person:grade:skill`."""
    if edits:
        person = row.person.pk
        # Numbers, and names of skills that are escaped once: formatted one by one the cells are
        # a third of the page.
        return SafeString(
            "".join(
                f'<td><button class="prof" name="cell" value="{person}:{cell.next}:'
                f'{_escaped(cell.skill)}" data-v="{cell.grade}">{cell.grade or "–"}</button>'
                for cell in row.cells
            )
        )
    else:
        return format_html_join("", "{}", ((_shown(cell),) for cell in row.cells))


@lru_cache(1_000)
def _escaped(skill: str) -> str:
    return escape(skill)


def _shown(cell: GradeCell) -> SafeString:
    return format_html(
        '<td><span class="prof" data-v="{}"><span class="sr">{}</span>'
        '<b aria-hidden="true">{}</b></span>',
        cell.grade,
        cell.label,
        cell.grade or "–",
    )
