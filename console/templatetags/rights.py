"""`{% load rights %}`: offer only what `console/pages/table.py` opens to this person."""

from django import template

from console.pages import rights

register = template.Library()
register.filter("may_read", rights.may_read)
register.filter("may_write", rights.may_write)
