"""Letters as a pen draws them: every key has strokes, none is a digit in some hand."""

from __future__ import annotations

import numpy as np
import pytest

from training.data.hershey_glyphs import FAVOURED, GLYPHS, draw_glyph, hershey_glyphs
from training.data.synthetic_strokes import cut_corners

LOOK_LIKE_DIGITS = set("BDGIJLOPQSTUYZabceghijlopqrstuyz0123456789")
GREEK_LIKE_DIGITS = set("BFHIOQRSbdefhinoqrst")  # B Z Θ I O P Σ Σ, β δ ε ζ ϑ ι ξ ο ρ σ τ by key


@pytest.mark.parametrize("alphabet", ["rowmans", "scripts"])
def test_no_latin_letter_is_a_digit_in_some_hand(alphabet: str) -> None:
    assert not LOOK_LIKE_DIGITS & set(GLYPHS[alphabet])


def test_no_greek_letter_is_a_digit_in_some_hand() -> None:
    assert not GREEK_LIKE_DIGITS & set(GLYPHS["greeks"])
    assert set(FAVOURED) <= set(GLYPHS["greeks"])


def test_every_sign_has_strokes_and_the_favoured_ones_come_three_times() -> None:
    assert len(hershey_glyphs()) == sum(map(len, GLYPHS.values())) + 2 * len(FAVOURED)
    assert all(len(stroke) >= 2 for sign in hershey_glyphs() for stroke in sign)


def test_signs_stay_on_the_canvas_and_differ() -> None:
    rng = np.random.default_rng(0)
    drawn = [draw_glyph(160, rng) for _ in range(100)]
    for canvas in drawn:
        assert canvas.shape == (160, 160) and canvas.any()
        assert not canvas[[0, -1]].any() and not canvas[:, [0, -1]].any()
    assert len({canvas.tobytes() for canvas in drawn}) == 100


def test_rounding_keeps_the_ends_and_what_is_straight() -> None:
    corner = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]])
    curve = cut_corners(corner)
    assert curve[0].tolist() == [0, 0] and curve[-1].tolist() == [10, 10]
    assert np.hypot(*(curve - [10, 0]).T).min() > 1  # the corner itself is gone
    line = cut_corners(corner[:2])
    assert line[0].tolist() == [0, 0] and line[-1].tolist() == [10, 0] and not line[:, 1].any()
