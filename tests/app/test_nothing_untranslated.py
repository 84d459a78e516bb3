"""No text goes past the catalogue: pages are shown in a language of marks, and code is searched."""

from __future__ import annotations

import ast
import gettext
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from streamlit_app import i18n
from tests.app.scenes import ROOT, OpenPredict, blank_paper, digit_on_paper, needs_model, upload

MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
WORD = re.compile(r"[^\W\d_]{3,}")
TAG = re.compile(r'<(?:[^<>"]|"[^"]*")*>')
SHOWN_ATTRIBUTE = re.compile(r'(?:aria-label|title|alt)="([^"]*)"')
NOT_TEXT = re.compile(r":material/\w+:|:[\w-]+\[|\S+\.png")  # symbols, directives, files
SHOWN_FIELDS = {"body", "label", "help", "caption", "alt", "placeholder", "delta", "text", "title"}


class Marking(gettext.NullTranslations):
    """A language in which every translated text stands in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "catalogue", lambda _code: Marking())


def shown_strings(message: Any) -> Iterator[str]:
    """Every string of a page's protocol message that a visitor may read."""
    for field, value in message.ListFields():
        for each in value if field.is_repeated else [value]:
            if field.message_type is not None:
                if not field.message_type.GetOptions().map_entry:
                    yield from shown_strings(each)
            elif field.name in SHOWN_FIELDS and isinstance(each, str):
                yield each
            elif field.name in ("spec", "columns") and isinstance(each, str) and each:
                yield from titles(json.loads(each))


def titles(spec: Any) -> Iterator[str]:
    """The titles and labels in a chart's or a table's description."""
    for key, value in spec.items() if isinstance(spec, dict) else enumerate(spec):
        if key in ("title", "label", "help") and isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            yield from titles(value)


def unmarked(app: AppTest) -> list[str]:
    """What is left of the page's texts without what went through the catalogue."""
    left = []
    messages = [element.proto for element in app.main if element.proto is not None]
    for message in messages:
        for text in shown_strings(message):
            shown = [*SHOWN_ATTRIBUTE.findall(text), TAG.sub(" ", text)]
            rest = NOT_TEXT.sub("", " ".join(shown))
            while MARKED.search(rest):
                rest = MARKED.sub("", rest)
            if WORD.search(rest):
                left.append(text)
    return left


def test_the_looking_finds_what_is_there(app: AppTest) -> None:
    assert "Handwriting in, digit out" in unmarked(app)


@pytest.mark.parametrize("page", ["home", "architecture", "performance"])
def test_pages_show_only_texts_of_the_catalogue(marked: None, app: AppTest, page: str) -> None:
    app.switch_page(f"app_pages/{page}.py").run()
    assert not app.exception
    assert unmarked(app) == []


@needs_model
@pytest.mark.parametrize("source", ["camera", "draw", "mnist"])
def test_sources_show_only_texts_of_the_catalogue(
    marked: None, open_predict: OpenPredict, source: str
) -> None:
    assert unmarked(open_predict(source)) == []


@needs_model
def test_answers_show_only_texts_of_the_catalogue(marked: None, open_predict: OpenPredict) -> None:
    app = upload(open_predict("upload"), digit_on_paper(7), blank_paper(), b"this is text")
    app.toggle(key="tta").set_value(True)
    app.toggle(key="show_steps").set_value(True).run()
    assert not app.exception
    assert unmarked(app) == []


SENTENCE = re.compile(r"[A-Za-z]{3,} [a-z]{2,}")
NOT_FOR_VISITORS = ("_", "debug", "info", "warning", "exception")  # the last four: of `log`


def literals_outside_the_catalogue(path: Path) -> Iterator[str]:
    """String constants with two words that are no docstring, no log message and not in `_()`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    apart: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            apart.add(id(node.value))
        elif isinstance(node, ast.Raise) or (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) in ("_", *(f"log.{name}" for name in NOT_FOR_VISITORS))
        ):
            apart |= set(map(id, ast.walk(node)))
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in apart and SENTENCE.search(node.value):
            yield f"{path.name}: {node.value}"


def test_no_sentence_stands_in_code_without_the_catalogue() -> None:
    files = [f for f in (ROOT / "streamlit_app").rglob("*.py") if f.name != "illustrations.py"]
    assert len(files) > 20
    assert [text for file in files for text in literals_outside_the_catalogue(file)] == []
