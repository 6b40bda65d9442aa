"""Templates are drawn by functions made of their nodes: the same text as Django's own nodes say."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.template import Context, Engine, RequestContext, TemplateDoesNotExist, engines
from django.test import RequestFactory
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from console.templating.nodes import QuickNodes
from tests.factories import NOW

TOKEN = re.compile(r'value="\w{64}"')
FILES = {
    "piece.html": "[{{ word }}{{ more|default:'-' }}{% url 'escalations:inbox' as here %}{{ here }}]",
    "tree.html": "{{ node.name }}{% for node in node.nodes %}({% include 'tree.html' %}){% endfor %}",
    "base.html": "<{% block a %}A{{ word }}{% endblock %}|{% block b %}B{% block c %}C{% endblock %}"
    "{% endblock %}|{{ word }}>",
    "child.html": "{% extends 'base.html' %}{% block a %}{{ word }}!{% endblock %}"
    "{% block c %}{% include 'piece.html' %}{% endblock %}",
    "grandchild.html": "{% extends 'child.html' %}{% block b %}b{% endblock %}",
    "above.html": "{% extends 'base.html' %}{% block a %}{{ block.super }}!{% endblock %}",
    "by_name.html": "{% extends parent %}{% block a %}{{ word }}?{% endblock %}",
    "strange.html": "{% block a %}{% ifchanged word %}{{ word }}{% endifchanged %}{% endblock %}",
    "parts.html": "{% partialdef one inline %}{{ word }}{% endpartialdef %}{% partialdef two %}"
    "{% for one in many %}{{ one }}{% endfor %}{% endpartialdef %}{% partial two %}{% partial one %}",
}
SOURCES = (
    "{{ word }} {{ safe }} {{ number }} {{ nothing }} {{ gone }} {{ at }} {{ yes }} {{ share }}",
    "{{ a.b.c }}{{ a.gone }}{{ a.b.gone.x }}{{ pair.0 }}{{ pair.7 }}{{ table.items }}{{ table.k }}",
    "{{ thing.method }}{{ thing.fails|default:'x' }}{{ thing.alters }}{{ thing.needs }}{{ lazy }}",
    "{{ request.path }}{{ request.method }}{{ word.upper }}{{ word|upper|slice:':2' }}",
    "{{ gone|default:word }}{{ gone|default_if_none:'n' }}{{ safe|upper }}{{ word|safe }}",
    "{{ at|date:'H:i' }}{{ many|join:', ' }}{{ word|add:number }}{{ 'a<b' }}{{ 3 }}{{ 1.5 }}",
    "{% if word and not gone %}1{% elif number > 3 %}2{% else %}3{% endif %}",
    "{% if number > 3 and word in many or yes == True %}1{% else %}2{% endif %}",
    "{% if word < number %}1{% endif %}{% if gone is None %}2{% endif %}{% if a.b.c != 4 %}3{% endif %}",
    (
        "{% if number not in many %}1{% endif %}{% if many|length >= 2 %}2{% endif %}"
        "{% if word|default:gone.x %}3{% endif %}{% if yes is not nothing %}4{% endif %}"
    ),
    (
        "{% for one in many %}{{ forloop.counter }}{{ one }}{% if not forloop.last %},{% endif %}"
        "{% for k, v in table.items reversed %}{{ k }}{{ v }}{{ forloop.parentloop.revcounter0 }}"
        "{% endfor %}{% empty %}none{% endfor %}{{ one }}"
    ),
    (
        "{% for one in gone %}x{% empty %}{{ word }}{% endfor %}{% for one in many %}"
        "{% ifchanged %}{{ forloop.first }}{% endifchanged %}{% cycle 'x' 'y' %}{% endfor %}"
    ),
    (
        "{% with x=word y=a.b.c|default:'d' %}{{ x }}{{ y }}{% with x=number %}{{ x }}{% endwith %}"
        "{{ x }}{% endwith %}{{ x }}"
    ),
    (
        "{% include 'piece.html' %}{% include 'piece.html' with word=number more=word %}{{ here }}"
        "{% include 'piece.html' with more=safe only %}{% include which %}"
    ),
    "{% for word in many %}{% include 'piece.html' %}{% include 'strange.html' %}{% endfor %}",
    "{% include 'tree.html' with node=root %}{% include 'child.html' %}{% include 'above.html' %}",
    (
        "{% url 'escalations:briefing' word %}{% url 'escalations:briefing' number as x %}{{ x }}"
        "{% url 'no such' as y %}[{{ y }}]{% firstof gone word %}{% widthratio 1 2 100 %}"
    ),
    (
        "{% icon word %}{% icon 'x' kind=word %}{% moment at %}{% key 'A' %}{% csrf_token %}"
        "{% own_key 'a' as mine %}{{ mine }}{# nothing #}{% comment %}nothing{% endcomment %}"
    ),
    "{% keep 'test' word %}{{ word }}{{ number }}{% endkeep %}{% verbatim %}{{ word }}{% endverbatim %}",
    (
        "{% autoescape off %}{{ word }}{% if yes %}{{ word }}{% include 'piece.html' %}{% endif %}"
        "{% endautoescape %}{{ word }}{% filter upper %}{{ word }}{% endfilter %}"
    ),
    "{% spaceless %}<p> {% for one in many %} <b>{{ one }}</b> {% endfor %} </p>{% endspaceless %}",
    "{% extends 'base.html' %}{% block a %}{{ word }}{% endblock %}",
    "{% extends 'grandchild.html' %}{% block c %}never{% endblock %}{% block a %}own{% endblock %}",
    "{% extends 'above.html' %}{% block a %}{{ block.super }}?{% endblock %}",
    "{% extends 'by_name.html' %}",
    *("{% include '" + name + "' %}" for name in FILES),
)  # fmt: skip


class Thing:
    name = "thing"

    def method(self):
        return "<called>"

    def needs(self, argument):
        return argument

    def alters(self):
        raise AssertionError("never called")

    alters.alters_data = True

    @property
    def fails(self):
        raise ObjectDoesNotExist


def names():
    leaf = {"name": "<leaf>", "nodes": []}
    return {
        "word": "<a&b>", "safe": mark_safe("<i>'</i>"), "number": 4321, "nothing": None,
        "yes": True, "share": 0.25, "at": NOW, "which": "piece.html", "parent": "base.html",
        "a": SimpleNamespace(b={"c": 4}), "pair": ("<", 2), "table": {"k": "<v>", "l": 2},
        "many": ["<a&b>", "x", "x"], "thing": Thing(), "lazy": lambda: "<lazy>",
        "root": {"name": "root", "nodes": [leaf, {"name": "2", "nodes": [leaf]}]},
    }  # fmt: skip


def engine(*, quick=True, **options):
    loader = (
        "console.templating.loader.Loader" if quick else "django.template.loaders.cached.Loader"
    )
    files = ("django.template.loaders.locmem.Loader", FILES)
    partials = ("template_partials.loader.Loader", [(loader, [files])])
    builtins = settings.TEMPLATES[0]["OPTIONS"]["builtins"]
    return Engine(loaders=[partials], builtins=builtins, **options)


def drawn(source, *, quick, context=None):
    given = context or RequestContext(RequestFactory().get("/there/"), names())
    FILES["page.html"] = source
    try:
        return engine(quick=quick).get_template("page.html").render(given)
    finally:
        del FILES["page.html"]


@pytest.mark.parametrize("source", SOURCES)
def test_it_says_what_django_says(source):
    for _ in range(2):
        said = [TOKEN.sub("", drawn(source, quick=quick)) for quick in (True, False)]
        assert said[0] == said[1]


@pytest.mark.parametrize(
    "source", ["{{ word|default:gone|add:gone }}", "{% for a, b in many %}{% endfor %}",
               "{% url 'no such' %}", "{% include gone %}", "{% include 'none.html' %}"]
)  # fmt: skip
def test_it_fails_where_django_fails(source):
    for context in (names(), {**names(), "many": ["xyz"]}):
        faults = []
        for quick in (True, False):
            with pytest.raises(Exception) as caught:  # noqa: PT011 - the same, whatever it is.
                drawn(source, quick=quick, context=Context(context))
            faults.append(caught.type)
        assert faults[0] is faults[1]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["word", "a", "b", "0"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*names(), "gone", "more"]), VALUES), st.data())
def test_it_says_what_django_says_of_any_values(given, data):
    source = data.draw(st.sampled_from(SOURCES))
    said = []
    for quick in (True, False):
        try:
            said.append(drawn(source, quick=quick, context=Context({**names(), **given})))
        except Exception as fault:
            said.append(type(fault))
    assert said[0] == said[1]


def test_with_debug_django_says_where_a_fault_stands():
    FILES["page.html"] = "{% include 'none.html' %}"
    try:
        with pytest.raises(TemplateDoesNotExist) as caught:
            engine(debug=True).get_template("page.html").render(Context())
    finally:
        del FILES["page.html"]
    assert caught.value.template_debug["line"] == 1


def test_no_template_of_this_project_is_left_to_django():
    ours = engines["django"].engine
    left = []
    for path in Path(settings.BASE_DIR / "templates").rglob("*.html"):
        nodes = ours.get_template(str(path.relative_to(settings.BASE_DIR / "templates"))).nodelist
        assert isinstance(nodes, QuickNodes)
        if nodes._made(ours) is None:
            left.append(path.name)
    assert left == []
