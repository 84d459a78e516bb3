"""The app looks and behaves the same from whichever folder it is started."""

from __future__ import annotations

from tests.app.scenes import HOME, ROOT

CONFIG = ".streamlit/config.toml"


def test_configuration_beside_the_script_is_the_root_one() -> None:
    """Streamlit reads the file of the folder it is started in, and the one beside the script."""
    ours, root = HOME.parent / CONFIG, ROOT / CONFIG
    assert ours.read_text(encoding="utf-8") == root.read_text(encoding="utf-8"), (
        f"Copy {CONFIG} of the root over streamlit_app/{CONFIG}."
    )
