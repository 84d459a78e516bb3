"""The app looks and behaves the same from whichever folder it is started."""

from __future__ import annotations

import sys

from tests.app.scenes import HOME, ROOT

CONFIG = ".streamlit/config.toml"


def test_configuration_beside_the_script_is_the_root_one() -> None:
    """Streamlit reads the file of the folder it is started in, and the one beside the script."""
    ours, root = HOME.parent / CONFIG, ROOT / CONFIG
    assert ours.read_text(encoding="utf-8") == root.read_text(encoding="utf-8"), (
        f"Copy {CONFIG} of the root over streamlit_app/{CONFIG}."
    )


def test_nothing_hides_a_module_of_python() -> None:
    """Started in its own folder, the app's files come first on Python's path."""
    packages = {path.parent.name for path in HOME.parent.glob("*/__init__.py")}
    modules = {path.stem for path in HOME.parent.glob("*.py")} - {"__init__"}
    assert modules, "the app's files were looked for in the wrong place"
    assert (packages | modules) & sys.stdlib_module_names == set()
