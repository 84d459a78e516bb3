"""The options in .streamlit/config.toml exist, and its colours can be read."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

config = pytest.importorskip("streamlit.config", reason="streamlit (extra `app`) is missing")
TEXT_CONTRAST = 7  # WCAG 2.2, 1.4.6 (AAA)
LINK_CONTRAST = 4.5  # WCAG 2.2, 1.4.3 (AA), text
ACCENT_CONTRAST = 4  # above WCAG 2.2, 1.4.11 (3, for controls)


@pytest.fixture(scope="module")
def options(repo_root: Path) -> dict[str, Any]:
    return tomllib.loads((repo_root / ".streamlit" / "config.toml").read_text())


def _flat(options: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in options.items():
        name = f"{prefix}{key}"
        flat |= _flat(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return flat


def test_every_option_exists(options: dict[str, Any]) -> None:
    known = set(config.get_config_options())
    assert [name for name in _flat(options) if name not in known] == []


def test_uploads_are_capped_and_protected(options: dict[str, Any]) -> None:
    assert options["server"]["maxUploadSize"] <= 20
    assert options["server"]["enableXsrfProtection"] is True
    assert options["browser"]["gatherUsageStats"] is False
    assert options["client"]["showErrorDetails"] == "none"


def test_no_font_or_theme_is_fetched_from_elsewhere(options: dict[str, Any]) -> None:
    assert [value for value in _flat(options).values() if "//" in str(value)] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
def test_text_is_easy_to_read(theme: str, ground: str, options: dict[str, Any]) -> None:
    colours = options["theme"][theme]
    assert contrast(colours["textColor"], colours[ground]) >= TEXT_CONTRAST
    assert contrast(colours["linkColor"], colours[ground]) >= LINK_CONTRAST


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_accent_stands_out_and_carries_white_text(theme: str, options: dict[str, Any]) -> None:
    colours = options["theme"][theme]
    assert contrast(colours["primaryColor"], colours["backgroundColor"]) >= ACCENT_CONTRAST
    assert contrast("#ffffff", colours["primaryColor"]) >= ACCENT_CONTRAST


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two colours #rrggbb, 1..21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    levels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in levels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
