"""The check of the built site names every link that leads nowhere."""

from __future__ import annotations

import runpy
import tomllib
from pathlib import Path

import pytest


def test_a_built_page_may_only_link_to_what_is_there(repo_root: Path, tmp_path: Path) -> None:
    check_site = runpy.run_path(str(repo_root / "docs" / "build_site.py"))["check_site"]
    (tmp_path / "other.html").write_text('<h2 id="here">Here</h2>', encoding="utf-8")
    sound = '<a href="other.html#here"></a><a href="https://example.org/"></a>'
    page = tmp_path / "page.html"
    page.write_text(sound, encoding="utf-8")
    assert check_site(tmp_path) == []
    broken = '<a href="none.html"></a><a href="other.html#there"></a><img src="none.png">'
    page.write_text(f'{sound}{broken}<script src="https://example.org/a.js">', encoding="utf-8")
    assert check_site(tmp_path) == [
        "page.html: no such file: none.html",
        "page.html: no such anchor: other.html#there",
        "page.html: no such file: none.png",
        "page.html: loaded from another host: https://example.org/a.js",
    ]


def test_every_document_is_a_page_of_the_site(repo_root: Path) -> None:
    list_pages = runpy.run_path(str(repo_root / "docs" / "build_site.py"))["list_pages"]
    config = tomllib.loads((repo_root / "zensical.toml").read_text(encoding="utf-8"))
    pages = set(list_pages(config["project"]["nav"]))
    written = {path.relative_to(repo_root).as_posix() for path in (repo_root / "docs").glob("*.md")}
    assert written <= pages and {"README.md", "PREPROCESSING.md"} <= pages


def test_a_fence_is_put_round_each_example_of_the_reference(repo_root: Path) -> None:
    griffe = pytest.importorskip("griffe")
    extension = runpy.run_path(str(repo_root / "docs" / "doctest_fences.py"))["DoctestFences"]()
    module = griffe.Module("m", docstring=griffe.Docstring("Text.\n\n>>> 1\n1\n\nMore."))
    extension.on_object(obj=module)
    assert module.docstring.value == "Text.\n\n```pycon\n>>> 1\n1\n```\n\nMore."
