"""Every text is in the catalogues, in every language, and none goes past them."""

from __future__ import annotations

import ast
import gettext
from collections.abc import Callable
from pathlib import Path
from string import Formatter
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from digitscope import InvalidImageError
from digitscope.image_io import load_picture
from digitscope.retry import INSTEAD
from streamlit_app import i18n
from streamlit_app.i18n import (
    DOMAIN,
    LANGUAGES,
    LOCALE_DIR,
    SOURCE_LANGUAGE,
    percent,
    translate,
    translate_template,
)
from tests.app.scenes import ROOT, OpenPredict, blank_paper, needs_model, photo_jpeg, upload

babel = pytest.importorskip("babel", reason="Babel collects the texts")
TRANSLATED = sorted(set(LANGUAGES) - {SOURCE_LANGUAGE})
SHOWN_ERRORS = ("InvalidImageError", "BackgroundUnavailableError", "_no_picture")
HINT = "`make texts` brings new texts into the catalogues; then translate them."


def catalogue_file(language: str, suffix: str) -> Path:
    return LOCALE_DIR / language / "LC_MESSAGES" / f"{DOMAIN}.{suffix}"


@pytest.fixture(scope="module")
def texts_in_code() -> set[str]:
    """What Babel finds with the project's own settings."""
    from babel.messages.extract import extract_from_dir
    from babel.messages.frontend import parse_mapping_cfg

    with (LOCALE_DIR / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(str(ROOT), methods, options, directory_filter=is_ours)
    return {message for _file, _line, message, _comments, _context in found}


def is_ours(folder: str) -> bool:
    """Whether a folder may hold texts: nothing hidden, no caches."""
    return (
        Path(folder).name in ("streamlit_app", "digitscope", "training")
        or "streamlit_app" in folder
        or Path(folder).name in ("preprocessing", "experiments")
    )


@pytest.fixture(params=TRANSLATED)
def translations(request: pytest.FixtureRequest) -> dict[str, str]:
    from babel.messages.pofile import read_po

    with catalogue_file(request.param, "po").open("rb") as file:
        messages = list(read_po(file))
    return {m.id: "" if m.fuzzy else m.string for m in messages if m.id}


def test_both_languages_are_complete(texts_in_code: set[str], translations: dict[str, str]) -> None:
    assert len(texts_in_code) > 200, "the texts were looked for in the wrong place"
    assert sorted(text for text in texts_in_code if not translations.get(text)) == [], HINT
    assert sorted(set(translations) - texts_in_code) == [], HINT


def test_fields_are_the_same_in_both(translations: dict[str, str]) -> None:
    def fields(text: str) -> list[tuple[str | None, str | None]]:
        return sorted((name, spec) for _text, name, spec, _how in Formatter().parse(text) if name)

    assert [text for text, other in translations.items() if fields(text) != fields(other)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_compiled_catalogue_is_the_written_one(language: str) -> None:
    from babel.messages.pofile import read_po

    with catalogue_file(language, "po").open("rb") as file:
        written = {m.id: m.string for m in read_po(file) if m.id}
    with catalogue_file(language, "mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert [text for text in written if compiled.gettext(text) != written[text]] == [], HINT


# --- The visitor's language ----------------------------------------------------------------------

SetVisitor = Callable[..., None]


@pytest.fixture
def set_visitor(monkeypatch: pytest.MonkeyPatch) -> SetVisitor:
    """Stands in for Streamlit: what the visitor chose, was linked to, and has as a browser."""

    def visit(chosen: str | None = None, linked: str | None = None, locale: str | None = None):
        stand_in = SimpleNamespace(
            session_state={"language": chosen},
            query_params={"lang": linked},
            context=SimpleNamespace(locale=locale),
        )
        monkeypatch.setattr(i18n, "st", stand_in)

    return visit


@pytest.mark.parametrize(
    ("chosen", "linked", "locale", "expected"),
    [
        (None, None, "fr-CA", "fr"),
        (None, None, "en-GB", "en"),
        (None, None, "ja", "en"),
        (None, None, None, "en"),
        (None, "fr", "en-GB", "fr"),
        ("en", "fr", "fr-FR", "en"),
        (None, "klingon", "fr-FR", "fr"),
    ],
)
def test_choice_goes_before_link_before_browser(
    set_visitor: SetVisitor,
    chosen: str | None,
    linked: str | None,
    locale: str | None,
    expected: str,
) -> None:
    set_visitor(chosen, linked, locale)
    assert i18n.language() == expected


def test_numbers_follow_the_language(set_visitor: SetVisitor) -> None:
    set_visitor("fr")
    assert i18n.number(392330) == "392\u202f330"
    assert percent(0.9996) == ">99,9\u202f%"
    assert percent(0.5) == "50,0\u202f%"


def test_templates_of_the_core_are_translated_and_filled(set_visitor: SetVisitor) -> None:
    template = "Ink of about {contrast:.0%} of the range was stretched to all of it."
    set_visitor("fr")
    french = translate_template(template, {"contrast": 0.5})
    assert "50\u202f%" in french
    assert "Ink" not in french


def test_the_switch_shows_a_choice_whatever_a_run_has_left_behind(app: AppTest) -> None:
    app.session_state["language_switch"] = None
    app.run()
    assert app.segmented_control(key="language_switch").value == "en"


def test_switch_turns_the_page_to_french(app: AppTest) -> None:
    app.segmented_control(key="language_switch").set_value("fr").run()
    assert not app.exception
    assert app.title[0].value == "De l’écriture au chiffre"


def test_the_switch_shows_the_choice_on_every_page(app: AppTest) -> None:
    app.segmented_control(key="language_switch").set_value("fr").run()
    for page in ("predict", "architecture", "performance", "home"):
        app.switch_page(f"app_pages/{page}.py").run()
        assert app.segmented_control(key="language_switch").value == "fr"


@needs_model
def test_the_name_of_a_photo_follows_the_language(open_predict: OpenPredict) -> None:
    app = open_predict("camera")
    app.camera_input[0].set_value(("photo.jpg", photo_jpeg(2), "image/jpeg")).run()
    app.segmented_control(key="language_switch").set_value("fr").run()
    protos = [element.proto for element in app.main]
    captions = [image.caption for proto in protos for image in getattr(proto, "imgs", ())]
    assert "Votre photo" in captions
    assert "Your photo" not in captions


# --- What the core says of a file that is no picture, and of a way that could not run ------------


def core_texts() -> set[str]:
    """What the core's own errors are raised with, by its sources: constants, never f-strings."""
    found = set()
    paths = (ROOT / "digitscope").rglob("*.py")
    for path in (one for one in paths if "batch" not in one.parts):  # no page shows its errors
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {
            ast.unparse(node.targets[0]): node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in SHOWN_ERRORS:
                given = [each for each in node.args if ast.unparse(each) != "received"]
                for text in (named.get(ast.unparse(each), each) for each in given):
                    assert isinstance(text, ast.Constant), f"{path.name}: {ast.unparse(text)}"
                    found.add(str(text.value))
    return found


def test_every_text_of_the_core_s_errors_is_translated(translations: dict[str, str]) -> None:
    texts = core_texts() | {INSTEAD}
    assert len(texts) > 15, "the errors were looked for in the wrong place"
    assert sorted(text for text in texts if not translations.get(text)) == [], HINT


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "0 octet"),
        (b"this is text", "Reçu : autre chose"),
        (b"\0\0\0\x18ftypheic", "HEIC ou AVIF"),
        (blank_paper()[:300], "abîmée ou incomplète"),
    ],
)
def test_a_refused_file_is_explained_in_french(
    set_visitor: SetVisitor, data: bytes, words: str
) -> None:
    with pytest.raises(InvalidImageError) as caught:
        load_picture(data)
    set_visitor("fr")
    assert words in translate(caught.value.message)
    set_visitor("en")
    assert translate(caught.value.message) == str(caught.value)


def test_a_refused_upload_shows_french_on_a_french_page(open_predict: OpenPredict) -> None:
    app = open_predict("upload")
    app.segmented_control(key="language_switch").set_value("fr").run()
    upload(app, b"this is text")
    assert not app.exception
    assert [error.value for error in app.error] == [
        "Attendu : une image PNG, JPEG, WebP, GIF, BMP ou TIFF. Reçu : autre chose, quelle que "
        "soit la fin de son nom. Ouvrez le fichier dans une visionneuse d’images et exportez-le "
        "en PNG ou en JPEG."
    ]
