"""Self-contained HTML pages; each extends the layout `templates/page.html`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

FRAME_PACKAGE = "digitscope"


def load_template(package: str, name: str) -> Template:
    """Load a page's template; inserted values are HTML-escaped.

    Args:
        package: name of the package with the folder ``templates``.
        name: file name of the template.
    """
    from jinja2 import ChoiceLoader, Environment, PackageLoader

    folders = [PackageLoader(package), PackageLoader(FRAME_PACKAGE)]
    return Environment(loader=ChoiceLoader(folders), autoescape=True).get_template(name)
