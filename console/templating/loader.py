"""Templates and their partials as Django finds them, drawn with less work."""

from typing import Any

from django.template.base import Template
from django.template.loaders import cached

from console.templating.nodes import QuickNodes


class Loader(cached.Loader):
    """Keeps what the loaders that it is given find; each template is made quick when it is read."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template = super().get_template(template_name, skip)
        if not isinstance(template.nodelist, QuickNodes):
            template.nodelist = QuickNodes(template.nodelist)
            for partial in template.extra_data.get("partials", {}).values():
                partial.nodelist = QuickNodes(partial.nodelist)
        return template
