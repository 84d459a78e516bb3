"""What a pen draws that is no digit: every sign can be drawn, and none is one some hand writes."""

from __future__ import annotations

import numpy as np
import pytest

from training.data.drawn_signs import (
    BACKSLASH_DEG,
    LISTED,
    SIGNS,
    SLASH_DEG,
    Sign,
    draw_sign_tile,
    leaning_line,
    silhouette,
)

WRITTEN_AS_DIGITS = set("BbgILlOoqSsZz") - {"B"}  # B has a straight back, an 8 has none


@pytest.mark.parametrize("sign", [sign for sign, _ in SIGNS])
def test_each_kind_gives_lines(sign: Sign) -> None:
    rng = np.random.default_rng(0)
    for _ in range(100):
        strokes = sign(rng)
        assert strokes and all(one.ndim == 2 and one.shape[1] == 2 for one in strokes)
        assert np.isfinite(np.concatenate(strokes)).all()


def test_no_sign_is_a_digit_in_some_hand() -> None:
    names = {name for signs in LISTED.values() for name in signs}
    assert len(names) > 80
    assert not names & WRITTEN_AS_DIGITS and "caret" not in names


def test_tiles_have_their_form_and_follow_their_chance() -> None:
    for draw in (draw_sign_tile, silhouette):
        first, second = (draw(np.random.default_rng(5)) for _ in range(2))
        assert first.shape == (28, 28) and first.dtype == np.uint8 and first.any()
        assert np.array_equal(first, second)


def test_lines_lean_too_far_to_be_a_one() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        x, y = np.subtract(*leaning_line(rng)[0][[-1, 0]])
        lean = np.rad2deg(np.arctan2(x, y))
        assert lean > BACKSLASH_DEG[0] - 3 or lean < 3 - SLASH_DEG[0]
