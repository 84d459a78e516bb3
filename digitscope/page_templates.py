"""HTML pages that need no other file: each fills the frame `templates/page.html`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

FRAME_PACKAGE = "digitscope"


def load_template(package: str, name: str) -> Template:
    """Load a page's template; what it is filled with is escaped.

    Args:
        package: whose folder ``templates`` holds it.
        name: of its file.
    """
    from jinja2 import ChoiceLoader, Environment, PackageLoader

    folders = [PackageLoader(package), PackageLoader(FRAME_PACKAGE)]
    return Environment(loader=ChoiceLoader(folders), autoescape=True).get_template(name)
